"""One-time links (A7, password reset): random, short-lived, hashed, void on first use and by a newer one."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.actions import INVITATION_SENT, RESET_SENT
from accounts.leaving import may_enter
from accounts.models import LinkPurpose, OneTimeLink, User
from accounts.network.admission import is_shut_out
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic


class LinkVoid(Exception):  # noqa: N818
    """The link is unknown, used, replaced or too old. Which of them is nobody's business."""


class LinkOutside(Exception):  # noqa: N818
    """The link is good, but its user is not at an address of the company (A4). It was not used up."""

    def __init__(self, user: User) -> None:
        super().__init__("address not allowed")
        self.user = user


@atomic()
def issue_invitation(user: User, *, actor: Actor) -> str:
    """A fresh address by which the user sets a first password; earlier ones become void."""
    hours = settings.INVITATION_HOURS
    address = _issue(user, LinkPurpose.INVITATION, "invitation", timedelta(hours=hours))
    record(INVITATION_SENT, actor=actor, target=user, after={"valid_hours": hours})
    return address


@atomic()
def issue_reset(user: User, *, actor: Actor) -> str:
    """A fresh address by which the user replaces a forgotten password; earlier ones become void."""
    minutes = settings.RESET_MINUTES
    address = _issue(user, LinkPurpose.RESET, "password_reset", timedelta(minutes=minutes))
    record(RESET_SENT, actor=actor, target=user, after={"valid_minutes": minutes})
    return address


def void_links(user: User, purpose: LinkPurpose | None = None) -> None:
    """Make every open link of the user worth nothing, or those for one purpose."""
    earlier = OneTimeLink.objects.filter(user=user, used_at=None)
    if purpose:
        earlier = earlier.filter(purpose=purpose)
    if earlier.exists():  # asked first, because the platform role, which makes tenants, may not update
        earlier.update(used_at=timezone.now())


def _issue(user: User, purpose: LinkPurpose, url_name: str, lifetime: timedelta) -> str:
    void_links(user, purpose)
    secret = BearerSecret.new(user.tenant_id)
    OneTimeLink.objects.create(user=user, purpose=purpose, token_hash=secret.hash, expires_at=timezone.now() + lifetime)
    return settings.PUBLIC_URL + reverse(url_name, args=[str(secret)])


def peek(secret: BearerSecret, purpose: LinkPurpose) -> OneTimeLink:
    """The living link of a secret, unclaimed, for showing its page; raises LinkVoid or LinkOutside."""
    return _living(secret, purpose, lock=False)


def claim(secret: BearerSecret, purpose: LinkPurpose) -> OneTimeLink:
    """Use the link up. Of two who try at once, one gets LinkVoid. May raise LinkOutside. Call inside a transaction."""
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
    if not may_enter(link.user):
        raise LinkVoid
    if is_shut_out():
        raise LinkOutside(link.user)
    return link
