"""Roles and who has them (A9, A10)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions import ROLE_CHANGED, ROLE_CREATED, ROLE_REMOVED, ROLES_GIVEN, ROLES_MADE
from accounts.menus import BUILT_IN_ROLES, BY_CODE, Audience
from accounts.models import Role, User, UserRole
from accounts.sso.enforcement import ensure_way_back_repairs
from auditlog.actors import Actor
from auditlog.services import Target, record
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic, take_turns

# Whoever holds this menu can give every other one; a company must not lose the last of them.
_KEY_MENU = "console.users"


class MenuChange(NamedTuple):
    """The menus of a role as somebody saw them, and as they shall be."""

    seen: Collection[str]
    wanted: Collection[str]


@atomic()
def make_built_in_roles(*, provider: bool, actor: Actor) -> dict[str, Role]:
    """The roles that a new tenant starts with, by code."""
    wanted = [role for role in BUILT_IN_ROLES if provider or not role.provider_only]
    roles = Role.objects.bulk_create(Role(code=role.code, menus=list(role.menus)) for role in wanted)
    record(ROLES_MADE, actor=actor, target=Target("accounts.role"), after={role.code: role.menus for role in roles})
    return {role.code: role for role in roles}


@atomic()
def give_roles(user: User, roles: Collection[Role], *, actor: Actor) -> None:
    """Make these the roles of the user, and no others.

    Raises ValidationError when the company would be left without anybody who can manage users.
    """
    held = list(UserRole.objects.filter(user=user).select_related("role"))
    before = sorted(grant.role.recorded_name for grant in held)
    wanted = {role.id for role in roles}
    for grant in held:
        if grant.role_id not in wanted:
            grant.delete()
    missing = wanted - {grant.role_id for grant in held}
    UserRole.objects.bulk_create(UserRole(user=user, role_id=key) for key in missing)
    ensure_somebody_manages_users()
    after = sorted(role.recorded_name for role in roles)
    if before != after:
        record(ROLES_GIVEN, actor=actor, target=user, before={"roles": before}, after={"roles": after})


@atomic()
def create_role(*, name: str, menus: Iterable[str], actor: Actor) -> Role:
    """A role of the tenant's own making."""
    role = Role(custom_name=_checked_name(name), menus=_checked_menus(menus))
    role.full_clean()
    role.save()
    record(ROLE_CREATED, actor=actor, target=role, after=_recorded(role))
    return role


@atomic()
def change_role(role: Role, *, menus: Iterable[str], actor: Actor, name: str | None = None) -> None:
    """Change name and menus of a role that the tenant made; takes effect at the next request.

    Raises ValidationError for a built-in role: whoever has one can rely on what it grants.
    """
    if role.is_built_in:
        raise ValidationError(_("Built-in roles cannot be changed. Make a role of your own instead."), code="built_in")
    before = _recorded(role)
    role.menus = _checked_menus(menus)
    if name is not None:
        role.custom_name = _checked_name(name)
    role.full_clean()
    role.save(update_fields=["menus", "custom_name"])
    ensure_somebody_manages_users()
    after = _recorded(role)
    if before != after:
        if actor.id is not None and role.user_roles.filter(user_id=actor.id).exists():
            after["held_by_actor"] = True  # whoever adds to a role that they have gives rights to themselves (G9)
        record(ROLE_CHANGED, actor=actor, target=role, before=before, after=after)


@atomic()
def change_menus(changes: Mapping[UUID, MenuChange], *, actor: Actor) -> None:
    """Change what several roles grant, all of them or none. Raises ValidationError as `change_role`.

    A role that somebody else has changed since it was looked at is refused, so that nobody's change is lost unseen.
    """
    for role in Role.objects.select_for_update().filter(id__in=changes).order_by("id"):
        seen, wanted = changes[role.id]
        if set(seen) == set(wanted):
            continue
        if set(seen) != set(role.menus):
            message = _("Somebody else has changed the role %(role)s in the meantime. Look at it again.")
            raise ValidationError(message, code="changed", params={"role": role.name})
        if not wanted:
            message = _("The role %(role)s needs at least one menu. Remove the role if nobody needs it.")
            raise ValidationError(message, code="empty", params={"role": role.name})
        change_role(role, menus=wanted, actor=actor)


@atomic()
def remove_role(role: Role, *, actor: Actor) -> None:
    """Remove a role that the tenant made; whoever has it loses its menus at the next request."""
    if role.is_built_in:
        raise ValidationError(_("Built-in roles cannot be removed."), code="built_in")
    record(ROLE_REMOVED, actor=actor, target=role, before=_recorded(role) | {"users": role.user_roles.count()})
    role.delete()
    ensure_somebody_manages_users()


def grantable_menus() -> list[str]:
    """The menus that a role of this tenant may grant: operator menus are the provider's alone, closed ones nobody's."""
    company, closed = current_company(), queries.closed_menus()
    operators = company is not None and company.is_provider
    open_menus = (menu for code, menu in BY_CODE.items() if code not in closed)
    return [menu.code for menu in open_menus if operators or menu.audience is not Audience.OPERATOR]


def ensure_somebody_manages_users() -> None:
    """Raise ValidationError when no active user is left who can manage users, or the way back in leads nowhere."""
    if not User.objects.exclude(last_login=None).exists():
        return  # a new company, of which nobody has entered yet
    ensure_way_back_repairs()
    # One after the other: of two administrators who suspend each other at the same time, the second one is refused.
    take_turns("accounts.managers")
    if not queries.active_holders_of(_KEY_MENU).exists():
        raise _last_manager()


def ensure_others_manage_users(user: User) -> None:
    """Raise ValidationError when this user, who is about to go, is the last active one who can manage users."""
    take_turns("accounts.managers")
    managers = queries.active_holders_of(_KEY_MENU)
    if managers.filter(id=user.id).exists() and not managers.exclude(id=user.id).exists():
        raise _last_manager()


def _last_manager() -> ValidationError:
    message = _("At least one active user must keep the right to manage users.")
    return ValidationError(message, code="last_manager")


def _recorded(role: Role) -> dict[str, Any]:
    return {"name": role.recorded_name, "menus": role.menus}


def _checked_name(name: str) -> str:
    """The name without blanks around; a role that looks like a built-in one would mislead."""
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("Give the role a name.")})
    if any(str(role.name).casefold() == name.casefold() for role in BUILT_IN_ROLES):
        raise ValidationError({"name": _("A built-in role has this name. Choose another one.")})
    return name


def _checked_menus(menus: Iterable[str]) -> list[str]:
    wanted, allowed = set(menus), grantable_menus()
    if not wanted <= set(allowed):
        raise ValidationError(_("This role cannot grant such a menu."), code="menu")
    return [code for code in allowed if code in wanted]
