"""Reads of accounts that more than one place needs."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Role, User, UserRole, UserState


def menus_of(user: User) -> frozenset[str]:
    """The menus that the user's roles grant (A9)."""
    granted = UserRole.objects.filter(user=user).values_list("role__menus", flat=True)
    return frozenset(menu for menus in granted for menu in menus)


def users() -> QuerySet[User]:
    """Every user of the tenant with their roles, for lists."""
    return User.objects.prefetch_related("roles").order_by("user_id")


def find_user(id: UUID) -> User | None:  # noqa: A002 - it is the id
    """The user of that key in this tenant."""
    return User.objects.filter(id=id).first()


def roles() -> QuerySet[Role]:
    """Every role of the tenant, built-in ones first."""
    return Role.objects.order_by("-code", "custom_name")


def active_holders_of(menu: str) -> QuerySet[User]:
    """The active users to whom some role grants the menu."""
    return User.objects.filter(state=UserState.ACTIVE, roles__menus__contains=[menu]).distinct()
