"""Reads of destinations: a company's own, and as the platform role those of everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from auditlog.forwarding.models import Destination
from auditlog.forwarding.reading import backlog_of
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import current_connection, platform_transaction

_DUE = """
SELECT d.tenant_id, d.id FROM forwarding_destination d CROSS JOIN LATERAL company_of(d.tenant_id) c
WHERE d.active AND d.home = d.tenant_id AND d.next_try_at <= %s AND c.open
  AND (d.claimed_until IS NULL OR d.claimed_until <= %s)
ORDER BY d.next_try_at
"""
# The address and whatever else is the company's own business is left out.
_SHOWN = ("id", "tenant_id", "kind", "active", "home", "position_at", "delivered_at", "backlog", "failures",
          "failing_since", "trouble", "next_try_at")  # fmt: skip
_ALL = f"""
SELECT {", ".join(f"d.{name}" for name in _SHOWN)}, c.code FROM forwarding_destination d
CROSS JOIN LATERAL company_of(d.tenant_id) c ORDER BY d.failures DESC, c.code, d.id
"""  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True)
class Listed:
    """A destination of some company as operators see it; its address is not there to be read."""

    destination: Destination
    company_code: str


def destinations() -> QuerySet[Destination]:
    """The company's destinations, the oldest first."""
    return Destination.objects.order_by("created_at", "id")


def find_destination(key: UUID) -> Destination | None:
    """The destination of that key in this company."""
    return destinations().filter(id=key).first()


def with_backlog(found: Iterable[Destination]) -> list[Destination]:
    """The same, with what waits for each counted now and not at its last run."""
    counted = list(found)
    for destination in counted:
        destination.backlog = backlog_of(destination)
    return counted


def due(now: datetime) -> list[tuple[UUID, UUID]]:
    """Company and key of every destination that may be sent to now."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_DUE, [now, now])
        return [(tenant, key) for tenant, key in cursor.fetchall()]


def everybodys() -> list[Listed]:
    """All destinations of all companies, the ones in trouble first."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_ALL)
        return [Listed(Destination.from_db(PLATFORM_ALIAS, _SHOWN, row[:-1]), row[-1]) for row in cursor.fetchall()]
