"""What a deletion would take away, and what would stay: counted, nothing opened, nothing changed (T3, R2)."""

from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db.models import Q

from backups.destruction.effects import named_kinds
from retention.erasure.objects import backups_of, contents_of
from retention.erasure.tables import DeclaredTable, tables_to_empty
from tenants.isolation.keeping import is_held
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from vault.errors import TenantKeysMissing
from vault.keys import key_store


@dataclass(frozen=True, slots=True)
class Stored:
    """What one store holds: its code, objects, bytes."""

    place: str
    objects: int
    size: int


@dataclass(frozen=True, slots=True)
class Survey:
    """Rows by model, objects by store, the ids of the keys, and whether a legal hold keeps something back."""

    rows: dict[str, int]
    stores: tuple[Stored, ...]
    key_ids: tuple[str, ...]
    held: bool

    @property
    def total(self) -> int:
        """Rows in all."""
        return sum(self.rows.values())

    @property
    def named_rows(self) -> list[tuple[str, int]]:
        """The rows under the names that people know, the most first."""
        return sorted(named_kinds(self.rows), key=lambda kind: (-kind[1], kind[0]))

    def as_json(self) -> dict[str, Any]:
        """As a request keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """Out of a request."""
        stores = tuple(Stored(**one) for one in kept["stores"])
        return cls(rows=kept["rows"], stores=stores, key_ids=tuple(kept["key_ids"]), held=kept["held"])


def survey(tenant: Tenant) -> Survey:
    """Count what there is of a company now. Raises StoreUnavailable."""
    places = [contents_of(tenant.id), *backups_of(tenant.id)]
    return Survey(
        rows=_rows(tenant),
        stores=tuple(_stored(place.name, [info.size for info in place.store.list(place.prefix)]) for place in places),
        key_ids=_key_ids(tenant),
        held=is_held(tenant.id),
    )


def _rows(tenant: Tenant) -> dict[str, int]:
    walled = [table for table in tables_to_empty() if table.asset.wall_column and "SELECT" in table.asset.app_rights]
    others = [table for table in tables_to_empty() if table not in walled and "SELECT" in table.asset.platform_rights]
    found: dict[str, int] = {}
    with tenant_transaction(tenant.id):
        for table in walled:
            found[table.model._meta.label_lower] = table.model._default_manager.count()
    with platform_transaction():
        for table in others:
            found[table.model._meta.label_lower] = table.model._default_manager.filter(_of(table, tenant)).count()
    return {name: rows for name, rows in found.items() if rows}


def _of(table: DeclaredTable, tenant: Tenant) -> Q:
    return reduce(or_, (Q(**{column: tenant.id}) for column in table.columns))


def _stored(place: str, sizes: list[int]) -> Stored:
    return Stored(place, len(sizes), sum(sizes))


def _key_ids(tenant: Tenant) -> tuple[str, ...]:
    try:
        return key_store().tenant_keys(tenant.id).key_ids
    except TenantKeysMissing:
        return ()
