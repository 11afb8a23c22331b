"""Confirming once more that it is you, before a risky action (A11; ASVS 7.2.4, 7.5.1, 7.5.3)."""

from datetime import timedelta

from django.utils import timezone

from accounts.actions import IDENTITY_CONFIRMED
from accounts.factors import attempts, totp
from accounts.factors.kinds import Kind, kinds_of
from accounts.models import Session, User
from accounts.policy.guesses import is_right_password
from accounts.sessions import renew_secret
from accounts.sso.enforcement import password_refused
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic

FRESH_MINUTES = 10


def is_fresh(session: Session) -> bool:
    """Whether somebody has proved who they are a short time ago."""
    return session.proved_at is not None and session.proved_at > timezone.now() - timedelta(minutes=FRESH_MINUTES)


def has_password(user: User) -> bool:
    """Whether the user has a password that opens anything."""
    return user.has_usable_password() and not password_refused(user)


def ways(user: User) -> list[Kind]:
    """The kinds of factor by which the user can confirm: a passkey always, a code in place of a missing password."""
    without_password = not has_password(user)
    return [kind for kind in kinds_of(user) if kind.confirm and (kind.proves_alone or without_password)]


@atomic()
def confirm(session: Session, *, by: str) -> BearerSecret:
    """Note that the person has just proved who they are; returns the new secret of the session (ASVS 7.2.4)."""
    session.proved_at = timezone.now()
    record(IDENTITY_CONFIRMED, actor=session.user.as_actor(), target=session.user, after={"by": by})
    return renew_secret(session, "proved_at")


@atomic()
def confirm_by_password(session: Session, *, password: str) -> BearerSecret | None:
    """Confirm by the password; None if it is wrong. Guesses are counted by themselves, so commit in any case."""
    if has_password(session.user) and is_right_password(session.user, password):
        return confirm(session, by="password")
    return None


@atomic()
def confirm_by_code(session: Session, code: str) -> BearerSecret | None:
    """Confirm by a code of the authenticator app; None if it is wrong. Commit in any case."""
    if attempts.spend_code(session.user, "totp", lambda: totp.spend(session.user, code)):
        return confirm(session, by="totp")
    return None
