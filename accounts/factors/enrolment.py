"""Setting up and removing a second factor, by oneself or by an administrator (A5; ASVS 6.3.7, 6.4.4, 6.5.6, 7.4.3)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.factors import notices, totp
from accounts.factors.actions import FACTOR_ADDED, FACTOR_REMOVED, FACTORS_RESET
from accounts.factors.kinds import has_factor, kinds
from accounts.factors.models import EnrolmentDemand, RecoveryCode, TotpDevice
from accounts.factors.requirement import needs_factor
from accounts.models import Session, User
from accounts.sessions import end_sessions, renew_secret
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic


@atomic()
def add_totp(session: Session, *, sealed_seed: bytes, code: str) -> BearerSecret | None:
    """Set up an authenticator app, once it has shown a right code; returns the new secret of the session.

    An earlier app is replaced. None when the code is wrong, or the seed was made for somebody else.
    """
    user = User.objects.select_for_update().get(id=session.user_id)
    seed = totp.unseal(user, sealed_seed)
    step = totp.matching_step(seed, code, timezone.now()) if seed else None
    if step is None:
        return None
    first = not has_factor(user)
    TotpDevice.objects.filter(user=user).delete()
    # The code has done its work: it does not open the next log-in as well.
    TotpDevice.objects.create(user=user, seed_sealed=sealed_seed, last_step=step)
    return added(session, method="totp", first=first)


@atomic()
def added(session: Session, *, method: str, first: bool) -> BearerSecret:
    """The user of the session has a new factor of that kind, which the caller has just stored; a part of its deed.

    `first` is whether it is the only one. Then all other sessions end, since none of them was opened with it: a stolen
    password must not go on in one of them. Returns the new secret of the session (ASVS 7.2.4).
    """
    user = session.user
    EnrolmentDemand.objects.filter(user=user).delete()
    record(FACTOR_ADDED, actor=user.as_actor(), target=user, after={"kind": method})
    notices.queue(user, notices.Notice.ADDED)
    if first:
        end_sessions(user, actor=user.as_actor(), keep=session)
        session.method = f"{session.method}+{method}" if session.method else method
    session.proved_at = timezone.now()
    return renew_secret(session, "method", "proved_at")


@atomic()
def remove_totp(user: User) -> None:
    """Remove one's authenticator app. Raises ValidationError when a factor is needed and none would be left."""
    user = User.objects.select_for_update().get(id=user.id)
    if TotpDevice.objects.filter(user=user).delete()[0]:
        removed(user, method="totp")


@atomic()
def removed(user: User, *, method: str) -> None:
    """The user has lost a factor of that kind, which the caller has just deleted; a part of its deed.

    Raises ValidationError when one is needed and none would be left. Recovery codes go with the last one.
    """
    if not has_factor(user):
        if needs_factor(user):
            text = _("Your company demands a second factor. Set up another one first, then remove this one.")
            raise ValidationError(text, code="required")
        RecoveryCode.objects.filter(user=user).delete()
    record(FACTOR_REMOVED, actor=user.as_actor(), target=user, before={"kind": method})
    notices.queue(user, notices.Notice.REMOVED)


@atomic()
def reset_factors(user: User, *, actor: Actor) -> None:
    """Take every factor of a user away, who then sets up new ones at the next log-in (ASVS 6.4.4).

    The administrator neither sees nor sets anything. Raises ValidationError for oneself, or when there is none.
    """
    if actor.id == user.id:
        raise ValidationError(_("You cannot reset your own second factor. Ask another administrator."), code="self")
    user = User.objects.select_for_update().get(id=user.id)
    if not has_factor(user):
        raise ValidationError(_("This user has no second factor."), code="none")
    removed_kinds = {kind.code: count for kind in kinds() if (count := kind.remove_all(user))}
    EnrolmentDemand.objects.get_or_create(user=user)
    record(FACTORS_RESET, actor=actor, target=user, before=removed_kinds)
    end_sessions(user, actor=actor)
    notices.queue(user, notices.Notice.RESET)


def remove_all_totp(user: User) -> int:
    """For the registry: every app of the user."""
    return TotpDevice.objects.filter(user=user).delete()[0]


def remove_all_recovery_codes(user: User) -> int:
    """For the registry: every recovery code of the user."""
    return RecoveryCode.objects.filter(user=user).delete()[0]
