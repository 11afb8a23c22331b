"""What parts that stand above the tenants put into a new one, in the transaction that makes it (T5).

They register when they are loaded, since the tenants cannot know them.
"""

from collections.abc import Callable

from accounts.models import User
from tenants.models import Tenant

Furnish = Callable[[Tenant, User], None]

_registered: list[Furnish] = []


def register_furnishing(furnish: Furnish) -> Furnish:
    """Have this called with each new tenant and its first user, as the platform role, in the tenant's scope.

    What it raises undoes the creation; the creation itself is what is recorded.
    """
    if furnish not in _registered:
        _registered.append(furnish)
    return furnish


def furnish_all(tenant: Tenant, first_user: User) -> None:
    """Call everything that registered."""
    for furnish in _registered:
        furnish(tenant, first_user)
