"""Removing what is past its period: company by company, in short transactions, each with its own record (R6).

Whoever dies in between has recorded what is gone, and the next one goes on with what is left.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

from auditlog.actors import Actor
from auditlog.services import Target, record
from retention.expiry.actions import ROWS_EXPIRED
from retention.expiry.classes import Expiring
from tenants.isolation import keeping
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.isolation.expiring import Expired
from tenants.isolation.transactions import current_connection, platform_transaction, tenant_transaction
from tenants.isolation.wall import expiry_function

logger = logging.getLogger(__name__)

BATCH = 1_000  # rows in one transaction


@dataclass(slots=True)
class Work:
    """How long each table took, in seconds, and what went wrong with it."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    errors: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def on(self, each: Expiring) -> Iterator[None]:
        """Take the time of what is done to a table."""
        began = monotonic()
        try:
            yield
        finally:
            self.seconds[each.table] += monotonic() - began

    def went_wrong(self, each: Expiring, error: Exception) -> None:
        """One table must not keep the others from their end."""
        logger.error("Expired rows of %s were not removed", each.table, exc_info=error)
        self.errors.setdefault(each.table, f"{type(error).__name__}: {error}"[:500])


def clear_company(tenant_id: UUID, tables: Sequence[Expiring], now: datetime, work: Work, *, actor: Actor) -> None:
    """Remove what is due of one company. A table that fails is tried apart from the others, and then left."""
    try:
        while left := _round(tenant_id, tables, now, work, actor=actor):
            tables = left
    except Exception as error:  # noqa: BLE001 - one table must not keep the others from their end
        if len(tables) == 1:
            work.went_wrong(tables[0], error)
            return
        for each in tables:
            clear_company(tenant_id, [each], now, work, actor=actor)


def clear_control(each: Expiring, work: Work, *, actor: Actor) -> None:
    """Remove what is due of a table of the provider's, by the function of the database that may do just that."""
    try:
        with work.on(each):
            while _control_round(each, actor=actor) == BATCH:
                pass
    except Exception as error:  # noqa: BLE001 - one table must not keep the others from their end
        work.went_wrong(each, error)


def clear_files(each: Expiring, tenant_id: UUID, work: Work, *, actor: Actor) -> None:
    """Have the table's own function remove what is due of a company, with its files."""
    try:
        with work.on(each), platform_scope(False), tenant_scope(tenant_id):
            each.special()(actor=actor)
    except Exception as error:  # noqa: BLE001 - one table must not keep the others from their end
        work.went_wrong(each, error)


def turn_partitions(each: Expiring, work: Work, *, dry_run: bool, actor: Actor) -> Expired:
    """Have the table's own function remove what is due of everybody; with the provider's tenant in scope."""
    try:
        with work.on(each), platform_scope(False):
            done: Expired = each.special()(actor=actor, dry_run=dry_run)
            return done
    except Exception as error:  # noqa: BLE001
        work.went_wrong(each, error)
        return Expired()


def _round(
    tenant_id: UUID, tables: Sequence[Expiring], now: datetime, work: Work, *, actor: Actor
) -> Sequence[Expiring]:
    """One transaction: at most BATCH rows, with one record of what went by class. Returns where there may be more."""
    removed: Counter[str] = Counter()
    with platform_scope(False), tenant_transaction(tenant_id):
        for at, each in enumerate(tables):
            most = BATCH - removed.total()
            with work.on(each):
                count = _remove(each, tenant_id, now, most)
            removed[each.asset.data_class] += count
            if count == most:
                tables, full = tables[at:], True
                break
        else:
            full = False
        if removed.total():
            record(ROWS_EXPIRED, actor=actor, target=Target("retention.expiry"), before={"rows": dict(+removed)})
    return tables if full else ()


def _remove(each: Expiring, tenant_id: UUID, now: datetime, most: int) -> int:
    """Delete the first rows in the order of their keys that are due and not held; returns how many."""
    rows = each.past(each.rows(), each.limit(now))
    held = keeping.held_rows(each.model, tenant_id)
    if held is not None:
        rows = rows.exclude(held)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    if keys:
        each.rows().filter(pk__in=keys).delete()
    return len(keys)


def _control_round(each: Expiring, *, actor: Actor) -> int:
    """One transaction, with the provider's tenant in scope; returns how many rows went."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(f"SELECT {expiry_function(each.table).replace('integer', '%s')}", [BATCH])
        count = int(cursor.fetchone()[0])
        if count:
            rows = {each.asset.data_class: count}
            record(ROWS_EXPIRED, actor=actor, target=Target("retention.expiry"), before={"rows": rows})
    return count
