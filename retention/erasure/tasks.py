"""Jobs of erasures. `erase` goes to the queue of the restorer (`config/settings.py`), who has the owner's rights."""

from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts.models import User
from accounts.queries import active_holders_of
from auditlog.actors import Actor
from backups.errors import RunningAlready
from backups.requests import restorer
from retention.erasure import finishing
from retention.erasure.queries import LateErasure, due_erasures, late_erasures
from retention.erasure.services import note_told, run_erasure
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import provider_scope

OPERATOR_MENU = "operator.retention"
_JOB = Actor.system("erasure")


@platform_task
def erase_due() -> int:
    """Hand over what is due to the restorer, while there is one; have operators told of what is late. How many."""
    due = [one for one in due_erasures() if one.may_go_on] if restorer.is_running() else []
    for erasure in due:
        erase.delay(str(erasure.id))
    if late_erasures():
        with provider_scope():
            tell_of_late_erasures.delay()
    return len(due)


@platform_task
def erase(key: str) -> bool:
    """Erase one company, or go on with it; whether this job did it. What fails is handed over again."""
    try:
        run_erasure(UUID(key), actor=_JOB)
    except RunningAlready:
        return False
    return True


@platform_task
def remove_unlocked() -> int:
    """Remove backup objects of erased companies whose lock has ended; how many companies are rid of the last one."""
    return finishing.remove_unlocked(actor=_JOB)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_late_erasures() -> None:
    """Mail every operator what nobody was told of yet. Queued again, it mails once."""
    late = late_erasures()
    with atomic():
        people = list(active_holders_of(OPERATOR_MENU)) if late else []
    for person in people:
        _mail(person, late)
    note_told([one.erasure.id for one in late])


def _mail(person: User, late: list[LateErasure]) -> None:
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = ngettext("Erasure is late: %(count)d company", "Erasure is late: %(count)d companies", len(late))
        context = {"person": person, "late": late, "link": settings.PUBLIC_URL + reverse("operator:erasures")}
        message = render_to_string("retention/erasure/late.txt", context)
        send_mail(
            subject=subject % {"count": len(late)}, message=message, from_email=None, recipient_list=[person.email]
        )
