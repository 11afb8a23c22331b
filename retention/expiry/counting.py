"""How much is past its period, counted as the platform role: one statement for each table, whoever's the rows are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from retention.expiry.classes import MOMENT, Expiring
from tenants.isolation import keeping
from tenants.isolation.context import platform_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction

OVERDUE_AFTER = timedelta(days=1)  # the run is nightly

Due = dict[str, int]  # rows by the id of their company; by an empty text in a table that is the provider's own


@dataclass(frozen=True, slots=True)
class Standing:
    """What is past its period in one table now. `due` and `overdue` count the held ones too."""

    due: Due
    overdue: Due
    oldest: datetime | None


def standing(each: Expiring, now: datetime, tenant_id: UUID | None = None) -> Standing:
    """How a table stands, of everybody or of one company."""
    own = each.by_company
    with platform_transaction():
        rows = each.everybody().filter(tenant_id=tenant_id) if tenant_id else each.everybody()
        late = Count("pk", filter=Q(**{f"{MOMENT}__lt": each.limit(now) - OVERDUE_AFTER}))
        past = each.past(rows, each.limit(now))
        counted: list[Mapping[str, Any]]
        if own:
            counted = list(past.values("tenant_id").annotate(due=Count("pk"), overdue=late))
        else:
            counted = [past.aggregate(due=Count("pk"), overdue=late)]
        oldest = each.with_moments(rows).aggregate(oldest=Min(MOMENT))["oldest"]
    by_company = {str(one["tenant_id"]) if own else "": one for one in counted if one["due"]}
    return Standing(
        {key: one["due"] for key, one in by_company.items()},
        {key: one["overdue"] for key, one in by_company.items() if one["overdue"]},
        oldest,
    )


def held_of(each: Expiring, found: Standing, now: datetime) -> tuple[int, int]:
    """How many of the rows that are due stay for the law (R5), and how many of those that are overdue."""
    held = overdue = 0
    concerned = {str(tenant_id) for tenant_id in keeping.held_tenants(each.model)} if each.by_company else set()
    for key in sorted(concerned & found.due.keys()):
        with platform_scope(False), tenant_transaction(UUID(key)):
            kept = keeping.held_rows(each.model, UUID(key))
            if kept is not None:
                rows = each.rows().filter(kept)
                held += each.past(rows, each.limit(now)).count()
                overdue += each.past(rows, each.limit(now) - OVERDUE_AFTER).count()
    return held, overdue
