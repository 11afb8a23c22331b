"""The daily digest: about which time it is, and to whom it has gone (G9)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.watching.models import Digest, DigestMail
from config.business_hours import ZONE
from tenants.isolation.transactions import atomic, platform_transaction, take_turns

# A look that is being committed now is told of in the next digest; none takes this long.
_MARGIN = timedelta(minutes=5)
_DAY = timedelta(days=1)


def digest_for(now: datetime) -> Digest:
    """The digest of that day in Japan. It begins where the one before ended, so that no time is left out."""
    today = timezone.localdate(now, ZONE)
    with platform_transaction():
        last = Digest.objects.order_by("-day").first()
        if last is None or last.day < today:
            until = now - _MARGIN
            begun = Digest(day=today, since=last.until if last else until - _DAY, until=until)
            Digest.objects.bulk_create([begun], ignore_conflicts=True)  # of two jobs one is first
        return Digest.objects.get(day=today)


@atomic()
def claim(person: UUID, digest: Digest) -> bool:
    """Whether this person has not got the digest yet; it counts as sent if the caller's transaction commits."""
    take_turns(f"auditlog.watching.digest {person}")
    if DigestMail.objects.filter(day=digest.day, recipient=person).exists():
        return False
    DigestMail.objects.create(day=digest.day, recipient=person)
    return True
