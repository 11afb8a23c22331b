"""One-time links (A7): random, short-lived, hashed, void on first use and when a newer one is issued."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.actions import INVITATION_SENT
from accounts.models import LinkPurpose, OneTimeLink, User
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic


class LinkVoid(Exception):  # noqa: N818
    """The link is unknown, used, replaced or too old. Which of them is nobody's business."""


@atomic()
def issue_invitation(user: User, *, actor: Actor) -> str:
    """A fresh address by which the user sets a password; earlier ones become void."""
    void_invitations(user)
    secret = BearerSecret.new(user.tenant_id)
    OneTimeLink.objects.create(
        user=user,
        purpose=LinkPurpose.INVITATION,
        token_hash=secret.hash,
        expires_at=timezone.now() + timedelta(hours=settings.INVITATION_HOURS),
    )
    record(INVITATION_SENT, actor=actor, target=user, after={"valid_hours": settings.INVITATION_HOURS})
    return settings.PUBLIC_URL + reverse("invitation", args=[str(secret)])


def void_invitations(user: User) -> None:
    """Make every open invitation of the user worth nothing."""
    earlier = OneTimeLink.objects.filter(user=user, purpose=LinkPurpose.INVITATION, used_at=None)
    if earlier.exists():  # asked first, because the platform role, which makes tenants, may not update
        earlier.update(used_at=timezone.now())


def peek(secret: BearerSecret, purpose: LinkPurpose) -> OneTimeLink:
    """The living link of a secret, unclaimed, for showing its page; raises LinkVoid."""
    return _living(secret, purpose, lock=False)


def claim(secret: BearerSecret, purpose: LinkPurpose) -> OneTimeLink:
    """Use the link up. Of two who try at once, one gets LinkVoid. Call inside a transaction."""
    link = _living(secret, purpose, lock=True)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return link


def _living(secret: BearerSecret, purpose: LinkPurpose, *, lock: bool) -> OneTimeLink:
    links = OneTimeLink.objects.filter(
        token_hash=secret.hash, purpose=purpose, used_at=None, expires_at__gt=timezone.now()
    )
    link = (links.select_for_update() if lock else links.select_related("user")).first()
    if link is None:
        raise LinkVoid
    return link
