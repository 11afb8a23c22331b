"""Rows of any declared table, old ones and young ones, and what became of all tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, models
from django.db.models import F
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.partitions import make_partitions_of
from retention.expiry.classes import Expiring, expiring_tables
from retention.expiry.models import ExpiryRun
from retention.expiry.services import run
from tenants.isolation.assets import TableKind
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.rows import make_control_row, make_row

ACTOR = Actor.system("tests")
TABLES = {each.table: each for each in expiring_tables()}
# Never younger than a day past its period, whatever the hour: the days of partitions are whole ones.
OLD, YOUNG = timedelta(days=2, hours=1), timedelta(hours=-1)

# An order that somebody still works on does not end with time; the sums of an invoice are right.
_FITTING: dict[str, dict[str, Any]] = {
    "exports_auditexport": {"state": "failed"},
    "returning_datareturn": {"state": "failed"},
    "invoices_invoice": {"net": 10, "tax": 1, "total": 11},
}


def as_owner(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    """What only the owner of the database may do, and its rows."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def rows_of(each: Expiring, tenant: Tenant | None = None) -> list[str]:
    """Every column of every row of a table, or of one company's, as the owner sees them."""
    of = " WHERE tenant_id = %s" if tenant else ""
    rows = as_owner(f"SELECT to_jsonb(t)::text FROM {each.table} t{of}", [tenant.id] if tenant else None)
    return sorted(text for (text,) in rows)


def put(each: Expiring, tenant: Tenant, seed: str, age: timedelta) -> str:
    """A row whose period began so long ago; returns its key."""
    moment = timezone.now() - age
    if each.table == "auditlog_auditevent":
        make_partitions_of("d180", moment.date(), moment.date())
        with tenant_transaction(tenant.id):
            return str(make_row(each.model, seed, at=moment, retention_class="d180").pk)  # type: ignore[type-var]
    if each.table == "requests_requestentry":
        _make_day(moment)
        return str(make_control_row(each.model, seed, at=moment).pk)
    if each.asset.kind is not TableKind.TENANT:
        return _make_of_provider(each, seed, moment)
    with tenant_transaction(tenant.id):
        key = str(make_row(each.model, seed, **_FITTING.get(each.table, {})).pk)  # type: ignore[type-var]
    for column in _columns(each):
        _set_moment(each, key, column, moment)
    return key


def _make_of_provider(each: Expiring, seed: str, moment: datetime) -> str:
    """With its moment from the beginning, since some refuse every change."""
    dates = [field.name for field in each.model._meta.local_fields if type(field) is models.DateField]
    fields: dict[str, Any] = dict.fromkeys(dates, moment.date()) | dict.fromkeys(_columns(each), moment)
    fields |= _FITTING.get(each.table, {})
    if "sequence" in {field.name for field in each.model._meta.local_fields}:
        fields["sequence"] = len(seed)  # unique
    return str(make_control_row(each.model, seed, **fields).pk)


def _columns(each: Expiring) -> list[str]:
    counted_from = each.asset.retention.counted_from
    if isinstance(counted_from, str):
        return [counted_from]
    return [part.name for part in counted_from.flatten() if isinstance(part, F)]  # type: ignore[attr-defined]


def _set_moment(each: Expiring, key: str, column: str, moment: datetime) -> None:
    table, name = each.table, each.model._meta.pk.column
    if "__" in column:
        leads, column = column.split("__")
        field: Any = each.model._meta.get_field(leads)
        key = str(as_owner(f"SELECT {field.column} FROM {table} WHERE {name} = %s", [key])[0][0])
        table, name = field.related_model._meta.db_table, "id"
    as_owner(f"UPDATE {table} SET {column} = %s WHERE {name} = %s", [moment, key])


def _make_day(moment: datetime) -> None:
    """A day of the request log that is long past has no place any more."""
    day = moment.astimezone(UTC).date()
    as_owner(
        f"CREATE TABLE IF NOT EXISTS requests_requestentry_{day:%Y%m%d} PARTITION OF requests_requestentry"
        f" FOR VALUES FROM ('{day} 00:00Z') TO ('{day + timedelta(days=1)} 00:00Z')"
    )


def expire(provider: Tenant, **options: Any) -> ExpiryRun:
    """A run, as the nightly job does it."""
    with tenant_scope(provider.id):
        return run(actor=ACTOR, **options)
