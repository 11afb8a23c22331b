"""Who still gets into a company whose use has ended: whoever may take its data along, until it is erased (T4, R3)."""

from accounts.menus import RETURN_MENU
from accounts.models import User
from accounts.queries import menus_of
from tenants.isolation.directory import current_company, is_erased


def may_enter(user: User) -> bool:
    """Whether the company in scope lets the user in: everybody while it is in use, afterwards those with that menu.

    From the first step of its erasure on, nobody.
    """
    company = current_company()
    if company is None or company.open:
        return company is not None
    return RETURN_MENU in menus_of(user) and not is_erased(company.tenant_id)
