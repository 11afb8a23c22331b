"""What the plan of a tenant allows and how much of it is used (T7).

Accounts know nothing of plans, so the rules about both stand here: whoever registers or resumes a user for a tenant
calls these instead of `accounts.users`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import users
from accounts.models import Role, User
from accounts.people import importing
from accounts.people.models import UserImport
from accounts.queries import accounts_in_use
from auditlog.actors import Actor
from tenants.isolation.transactions import atomic, take_turns
from tenants.queries import current_tenant

# The turn of everything that depends on how many users there are.
USERS_TURN = "tenants.users"


@dataclass(frozen=True, slots=True)
class Use:
    """How much is used of what is allowed."""

    used: int
    allowed: int

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits in."""
        return self.used >= self.allowed

    @property
    def percent(self) -> int:
        """How much of it is used, in percent; more than 100 where less is allowed than before."""
        return round(100 * self.used / self.allowed) if self.allowed else 0

    @property
    def room(self) -> int:
        """How much more fits in."""
        return max(self.allowed - self.used, 0)


def users_of_plan() -> Use:
    """Active and invited users, and how many of them the plan allows. Suspended ones do not count."""
    return Use(accounts_in_use(), current_tenant().plan.users)


@atomic()
def register_user(*, user_id: str, name: str, email: str, roles: Collection[Role], language: str, actor: Actor) -> User:
    """As `accounts.users.register_user`, if the plan has room for one more; raises ValidationError otherwise."""
    _ensure_room_for_user()
    return users.register_user(user_id=user_id, name=name, email=email, roles=roles, language=language, actor=actor)


@atomic()
def resume_user(user: User, *, actor: Actor) -> None:
    """As `accounts.users.resume_user`, if the plan has room for one more; raises ValidationError otherwise."""
    _ensure_room_for_user()
    users.resume_user(user, actor=actor)


@atomic()
def import_users(row: UserImport, *, progress: importing.Progress, actor: Actor) -> bool:
    """As `accounts.people.importing.carry_out`, with the room that the plan has when it happens."""
    take_turns(USERS_TURN)
    return importing.carry_out(row, room=users_of_plan().room, progress=progress, actor=actor)


def _ensure_room_for_user() -> None:
    take_turns(USERS_TURN)
    use = users_of_plan()
    if use.is_full:
        raise ValidationError(
            _("Your plan allows %(allowed)d users, and all are in use. Suspend one or ask for a larger plan."),
            code="plan_users",
            params={"allowed": use.allowed},
        )
