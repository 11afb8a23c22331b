"""Registering, suspending and resuming users, and what they do with their own account (A8, A13)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import links
from accounts.actions import (
    INVITATION_ACCEPTED,
    INVITATION_REPEATED,
    PASSWORD_CHANGED,
    PASSWORD_DEMANDED,
    PASSWORD_RESET,
    PROFILE_CHANGED,
    USER_CHANGED,
    USER_REGISTERED,
    USER_RESUMED,
    USER_SUSPENDED,
)
from accounts.models import LinkPurpose, Role, Session, User, UserState
from accounts.people.former import former_among
from accounts.policy.guesses import is_right_password
from accounts.policy.passwords import check_new_password, keep_former
from accounts.roles import ensure_somebody_manages_users, give_roles
from accounts.sessions import end_sessions
from accounts.sso.enforcement import ensure_way_back_without
from accounts.zones import TIME_ZONES
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic


@atomic()
def register_user(
    *,
    user_id: str,
    name: str,
    email: str,
    roles: Collection[Role],
    actor: Actor,
    language: str = "",
    by_mail: bool = True,
) -> User:
    """Register a user, who gets an invitation by mail unless the caller hands it over otherwise.

    Raises ValidationError with a message a field when something about the account is wrong.
    """
    user = User(user_id=user_id, name=name.strip(), email=email.strip(), language=language)
    user.password = make_password(None)
    user.full_clean(exclude=["password"])
    if former_among([user.user_id]):
        message = _("This user ID belonged to a removed user not long ago. Choose another one.")
        raise ValidationError({"user_id": message})
    user.save()
    record(USER_REGISTERED, actor=actor, target=user, after={"user_id": user.user_id, "name": name, "email": email})
    give_roles(user, roles, actor=actor)
    if by_mail:
        invite_by_mail(user, actor=actor)
    return user


def invite_by_mail(user: User, *, actor: Actor) -> None:
    """Queue the mail with a fresh invitation. The link is made by the job, so that no queue ever holds it."""
    queue_on_commit("accounts.tasks.send_invitation", str(user.id), actor.user_id)


@atomic()
def invite_again(user: User, *, actor: Actor) -> None:
    """Send a fresh invitation to somebody who has not accepted one yet; the earlier link becomes void."""
    if user.state != UserState.INVITED:
        raise ValidationError(_("This user has accepted the invitation already."), code="state")
    record(INVITATION_REPEATED, actor=actor, target=user, after={"email": user.email})
    invite_by_mail(user, actor=actor)


@atomic()
def change_user(user: User, *, name: str, email: str, actor: Actor) -> None:
    """Correct the name and the address of a user. A link that went to another address becomes void."""
    if email.strip() != user.email:
        links.void_links(user)
    _change(user, {"name": name.strip(), "email": email.strip()}, USER_CHANGED, actor)


@atomic()
def change_profile(user: User, *, name: str, language: str, time_zone: str) -> None:
    """What users may change of their own account (T10). Raises ValidationError, keyed by field."""
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("This language is not on offer.")})
    if time_zone not in TIME_ZONES:
        raise ValidationError({"time_zone": _("There is no such time zone.")})
    values = {"name": name.strip(), "language": language, "time_zone": time_zone}
    _change(user, values, PROFILE_CHANGED, user.as_actor())


@atomic()
def suspend_user(user: User, *, actor: Actor) -> None:
    """Stop an account at once: its sessions end, nothing else changes (A8)."""
    if actor.id == user.id:
        raise ValidationError(_("You cannot suspend yourself."), code="self")
    if user.state == UserState.SUSPENDED:
        raise ValidationError(_("This user is suspended already."), code="state")
    ensure_way_back_without(user)
    before, user.state = user.state, UserState.SUSPENDED
    user.save(update_fields=["state"])
    ensure_somebody_manages_users()
    record(USER_SUSPENDED, actor=actor, target=user, before={"state": before}, after={"state": user.state})
    end_sessions(user, actor=actor)


@atomic()
def resume_user(user: User, *, actor: Actor) -> None:
    """Let a suspended account be used again; one that never had a password is invited again."""
    if user.state != UserState.SUSPENDED:
        raise ValidationError(_("This user is not suspended."), code="state")
    user.state = UserState.ACTIVE if user.has_usable_password() else UserState.INVITED
    user.save(update_fields=["state"])
    record(USER_RESUMED, actor=actor, target=user, after={"state": user.state})
    if user.state == UserState.INVITED:
        invite_by_mail(user, actor=actor)


def change_password(user: User, *, current: str, password: str, keep: Session | None) -> None:
    """Change one's own password, with the current one as proof; every other session ends.

    Raises ValidationError, keyed by the field that is wrong.
    """
    if not is_right_password(user, current):
        raise ValidationError({"current": _("This is not your current password.")})
    if current == password:
        raise ValidationError({"password": _("This is your current password. Choose another one.")})
    with atomic():  # not round the first check, or a wrong guess would not stay counted
        _set_password(user, password)
        record(PASSWORD_CHANGED, actor=user.as_actor(), target=user)
        end_sessions(user, actor=user.as_actor(), keep=keep)


@atomic()
def accept_invitation(secret: BearerSecret, *, password: str) -> User:
    """Set the first password by the link; raises LinkVoid, or ValidationError for a weak password."""
    link = links.claim(secret, LinkPurpose.INVITATION)
    user = invitation_target(link.user_id)
    if user.state == UserState.SUSPENDED:
        raise links.LinkVoid
    user.state, user.last_login = UserState.ACTIVE, timezone.now()
    _set_password(user, password, "state", "last_login")
    record(INVITATION_ACCEPTED, actor=user.as_actor(), target=user)
    return user


@atomic()
def reset_password(secret: BearerSecret, *, password: str) -> User:
    """Replace a forgotten password by the link, which opens no session; every session ends.

    Raises LinkVoid, or ValidationError for a weak password.
    """
    link = links.claim(secret, LinkPurpose.RESET)
    user = invitation_target(link.user_id)
    if not user.is_active:
        raise links.LinkVoid
    _set_password(user, password)
    record(PASSWORD_RESET, actor=user.as_actor(), target=user)
    end_sessions(user, actor=user.as_actor())
    return user


@atomic()
def demand_new_password(user: User, *, actor: Actor) -> None:
    """Make the user choose a new password before anything else; the old one still opens that page (ASVS 6.4.6)."""
    if not user.is_active:
        raise ValidationError(_("This user is not active."), code="state")
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    record(PASSWORD_DEMANDED, actor=actor, target=user)


def user_of_link(secret: BearerSecret, purpose: LinkPurpose) -> User:
    """Whose link it is; raises LinkVoid."""
    user: User = links.peek(secret, purpose).user
    if user.state == UserState.SUSPENDED:
        raise links.LinkVoid
    return user


def invitation_target(user_key: UUID) -> User:
    """The user to invite, locked against a parallel change; raises User.DoesNotExist for one who was removed."""
    return User.objects.select_for_update().get(id=user_key)


def _set_password(user: User, password: str, *also: str) -> None:
    """The one place where a password begins: it is checked, the former one is remembered, open links become void."""
    check_new_password(password, user)
    former, user.password = user.password if user.has_usable_password() else "", make_password(password)
    user.password_set_at, user.must_change_password, user.password_notice = timezone.now(), False, None
    user.save(update_fields=["password", "password_set_at", "must_change_password", "password_notice", *also])
    keep_former(user, former)
    links.void_links(user)
    if former:
        queue_on_commit("accounts.tasks.send_password_changed", str(user.id))


def _change(user: User, values: dict[str, str], action: Any, actor: Actor) -> None:
    before = {key: getattr(user, key) for key in values}
    for key, value in values.items():
        setattr(user, key, value)
    user.full_clean(exclude=["password"])
    changed = {key: value for key, value in values.items() if before[key] != value}
    if changed:
        user.save(update_fields=list(changed))
        record(action, actor=actor, target=user, before={key: before[key] for key in changed}, after=changed)
