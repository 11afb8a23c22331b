"""Who still gets into a company whose use has ended: whoever may take its data along, until it is erased (T4, R3)."""

from accounts.menus import RETURN_MENU
from accounts.models import User
from accounts.queries import menus_of
from tenants.isolation.directory import current_company


def may_enter(user: User) -> bool:
    """Whether the company in scope lets the user in: everybody while it is in use, afterwards those with that menu."""
    company = current_company()
    return company is not None and (company.open or RETURN_MENU in menus_of(user))
