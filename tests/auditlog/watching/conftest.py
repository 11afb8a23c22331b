"""What tests of watching share: looking at a company's log, and what came of it."""

from typing import Any
from zoneinfo import ZoneInfo

from auditlog.context import Origin, origin
from auditlog.watching.models import Finding
from auditlog.watching.watch import watch
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.sealing.conftest import wait_for_other_databases

TOKYO = ZoneInfo("Asia/Tokyo")


def look(*tenants: Tenant) -> int:
    """Look at what is new of these companies; how many findings were made or have grown."""
    wait_for_other_databases()
    total = 0
    for tenant in tenants:
        with tenant_scope(tenant.id):
            total += watch(zone=TOKYO)
    return total


def found(tenant: Tenant) -> list[tuple[str, str, int]]:
    """What was noticed in a company: rule, who, how many events."""
    return [(each.rule, each.who, each.count) for each in stored(tenant)]


def stored(tenant: Tenant) -> list[Finding]:
    """The findings of a company, oldest first."""
    with tenant_transaction(tenant.id):
        return list(Finding.objects.order_by("first_at", "rule", "subject"))


def rows(tenant: Tenant) -> list[Any]:
    """Everything about them, to compare."""
    with tenant_transaction(tenant.id):
        return list(Finding.objects.order_by("id").values())


def at(address: str) -> Any:
    """Work from that address inside the block."""
    return origin(Origin(ip=address, user_agent="a browser", request_id="0" * 32))
