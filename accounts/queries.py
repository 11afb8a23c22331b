"""Reads of accounts that more than one place needs."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, Count, Q, QuerySet, When
from django.db.models.expressions import RawSQL

from accounts.models import Role, User, UserRole, UserState
from tenants.isolation.context import require_tenant_id
from tenants.isolation.statements import Statement
from tenants.isolation.transactions import current_connection


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody's roles grant, and whether one of them demands a second factor."""

    menus: frozenset[str]
    factor_required: bool


def rights_of(user: User) -> Rights:
    """The menus that the user's roles grant, and what they demand (A9, A5)."""
    granted = GRANTED.rows(user_id=user.id)
    menus = frozenset(menu for menus, _needed, _closed in granted for menu in menus)
    closed = granted[0][2] if granted else ()
    return Rights(menus.difference(closed), any(needed for _menus, needed, _closed in granted))


def _granted(user_id: UUID) -> QuerySet[UserRole, tuple[list[str], bool, list[str]]]:
    granted = UserRole.objects.filter(user_id=user_id).annotate(closed=_closed())
    return granted.values_list("role__menus", "role__factor_required", "closed")


def closed_menus() -> frozenset[str]:
    """The menus that are closed for the whole company in scope, whatever its roles grant (T2).

    In SQL, as wherever it is asked for here: the directory of tenants is built on accounts.
    """
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT closed_menus FROM tenants_tenant WHERE id = %s", [require_tenant_id()])
        row = cursor.fetchone()
    return frozenset(row[0] if row else ())


def _closed() -> RawSQL:
    return RawSQL(
        "(SELECT closed_menus FROM tenants_tenant WHERE id = %s)",
        [require_tenant_id()],
        output_field=ArrayField(CharField()),
    )


GRANTED = Statement(_granted, user_id=UUID)


def menus_of(user: User) -> frozenset[str]:
    """The menus that the user's roles grant (A9)."""
    return rights_of(user).menus


def still_entitled(user_id: UUID | None, menu: str) -> User | None:
    """Who ordered a job, if they still may: it has the rights of the person whose work it does (ASVS 8.3.3)."""
    user = User.objects.filter(id=user_id, state=UserState.ACTIVE).first() if user_id else None
    return user if user is not None and menu in menus_of(user) else None


def users(*, search: str = "", state: str = "") -> QuerySet[User]:
    """The users of the tenant with their roles, for lists: those in a state, with a text in name, ID or address."""
    found = User.objects.prefetch_related("roles").order_by("user_id")
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(Q(user_id__icontains=search) | Q(name__icontains=search) | Q(email__icontains=search))
    return found


def find_user(id: UUID) -> User | None:  # noqa: A002 - it is the id
    """The user of that key in this tenant."""
    return User.objects.filter(id=id).first()


def user_for_change(id: UUID) -> User | None:  # noqa: A002
    """The user of that key in this tenant, locked until the transaction ends."""
    return User.objects.select_for_update().filter(id=id).first()


def role_for_change(id: UUID) -> Role | None:  # noqa: A002
    """The role of that key in this tenant, locked until the transaction ends."""
    return Role.objects.select_for_update().filter(id=id).first()


def roles() -> QuerySet[Role]:
    """Every role of the tenant, built-in ones first."""
    return Role.objects.order_by(Case(When(code="", then=1), default=0), "code", "custom_name")


def roles_with_holders() -> QuerySet[Role]:
    """Every role with `holders`, the number of users who have it."""
    return roles().annotate(holders=Count("user_roles"))


def roles_of(user: User) -> QuerySet[Role]:
    """The roles that somebody has."""
    return roles().filter(user_roles__user=user)


def find_role(id: UUID) -> Role | None:  # noqa: A002
    """The role of that key in this tenant."""
    return Role.objects.filter(id=id).first()


def role_named(key: str) -> Role | None:
    """The role of a key that came as text; None for any other text."""
    try:
        return find_role(UUID(key))
    except ValueError:
        return None


def holders_of(role: Role) -> QuerySet[User]:
    """Everybody who has the role."""
    return User.objects.filter(user_roles__role=role).order_by("user_id")


def active_holders_of(menu: str) -> QuerySet[User]:
    """The active users to whom some role grants the menu."""
    return User.objects.filter(state=UserState.ACTIVE, roles__menus__contains=[menu]).distinct()


def accounts_in_use() -> int:
    """How many users may log in or are invited: those whom a plan counts (T7)."""
    return User.objects.exclude(state=UserState.SUSPENDED).count()
