"""What these tests share: a price list, an issuer, and companies that began some time ago."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from tenants.invoices.issuers import change_issuer
from tenants.invoices.models import Invoice
from tenants.invoices.pricing import set_price
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

ACTOR = Actor.system("invoices")
ISSUER = {
    "name": "関所クラウド株式会社",
    "postal_code": "100-0001",
    "address": "東京都千代田区千代田1-1",
    "phone": "03-0000-0000",
    "registration_number": "T7000012050002",
    "bank_name": "みずほ銀行",
    "branch_name": "東京営業部",
    "account_number": "1234567",
    "account_holder": "カ)セキシヨクラウド",
}
# In Japan it is the first of December, the ninth hour.
NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


def since(tenant: Tenant, day: str, **values: Any) -> None:
    """The company began at noon of a day in Japan."""
    with platform_transaction():
        values = {"created_at": datetime.fromisoformat(f"{day}T12:00+09:00"), **values}
        Tenant.objects.filter(id=tenant.id).update(**values)


def ledger() -> list[Invoice]:
    """All there is, in the order of the numbers."""
    with platform_transaction():
        return list(Invoice.objects.order_by("fiscal_year", "sequence"))


def recorded(tenant: Tenant, action: str) -> list[dict[str, Any] | None]:
    """What the log of a company says after such deeds, the oldest first; read where it was written."""
    with platform_transaction(), tenant_scope(tenant.id):
        return list(AuditEvent.objects.filter(action=action).order_by("id").values_list("after", flat=True))


@pytest.fixture
def prices(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """Companies begin after the test, unless it says otherwise; 50,001 yen for Standard, 200,000 for Enterprise."""
    for tenant in (acme, globex):
        since(tenant, "2028-01-01")
    with tenant_scope(provider.id):
        set_price(plan_code="standard", valid_from=date(2024, 1, 1), fee=50_001, actor=ACTOR)
        set_price(plan_code="enterprise", valid_from=date(2024, 1, 1), fee=200_000, actor=ACTOR)


@pytest.fixture
def issuer(provider: Tenant) -> None:
    """An issuer of whom nothing is missing."""
    with tenant_scope(provider.id):
        change_issuer(**ISSUER, actor=ACTOR)
