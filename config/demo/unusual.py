"""What watching is there to notice: done as anybody would do it, so that the findings are real (G9)."""

from accounts.login import LoginRefused, log_in
from accounts.menus import EDITOR
from accounts.models import Role, User
from accounts.roles import give_roles
from auditlog.context import Origin, origin
from config.demo.companies import DemoCompany
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

_STRANGER = Origin(ip="198.51.100.23", user_agent="curl/8.5.0")
_PASSWORD = "password123"  # noqa: S105 - nobody has it
_GUESSES = ("root", "test", "guest", "info", "support")


def act_unusually(company: DemoCompany, tenant: Tenant, admin: User) -> None:
    """Somebody from outside tries user IDs; the administrator of a company takes a second role."""
    with origin(_STRANGER):
        for user_id in _GUESSES:
            try:
                log_in(company_code=company.code, user_id=user_id, password=_PASSWORD)
            except LoginRefused:
                continue
    with tenant_transaction(tenant.id):
        roles = [*admin.roles.all(), Role.objects.get(code=EDITOR)]
        give_roles(admin, roles, actor=admin.as_actor())
