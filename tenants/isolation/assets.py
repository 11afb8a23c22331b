"""What a stored thing is: declared once, where its model is (DESIGN section 2, R6).

Isolation checks, tenant archives, data return, expiry, erasure and the asset register all read this one declaration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.functional import Promise


class TableKind(StrEnum):
    """Where a table stands towards the wall."""

    TENANT = "tenant"  # one tenant's rows, behind the wall
    GLOBAL = "global"  # reference data that everybody may read
    CONTROL = "control"  # the provider's own: directory of tenants, migrations


class Ownership(StrEnum):
    """Whose data it is (R6)."""

    CUSTOMER = "customer"
    DERIVED = "derived"
    PROVIDER = "provider"


class Erasure(StrEnum):
    """How a row goes when its tenant leaves."""

    ROWS = "rows"  # deleted in batches by tenant
    PARTITION = "partition"  # dropped with its partition, and deleted by tenant on erasure
    KEEP = "keep"  # stays, as R2 allows


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a row is kept: for some days, until the contract ends, as long as it is in use, or without limit.

    A number of days says from which moment they count: `counted_from` is a column or an expression over columns. A row
    without that moment is kept, for its time has not begun. Rows go in batches by `retention.expiry`, unless
    `expired_by` names the function that does it (`app.module.function`, see `tenants.isolation.expiring`): for rows
    with files in a store, and for partitions. `words` tell people the period where one number does not.
    """

    days: int | None = None
    contract: bool = False
    in_use: bool = False
    counted_from: str | Combinable = ""
    expired_by: str = ""
    words: Promise | str = ""

    @classmethod
    def with_contract(cls) -> "Retention":
        """Until the contract ends and its tenant is erased."""
        return cls(contract=True)

    @classmethod
    def for_days(
        cls, days: int, *, counted_from: str | Combinable, expired_by: str = "", words: Promise | str = ""
    ) -> "Retention":
        """For a number of days, and never longer than the contract."""
        return cls(days=days, contract=True, counted_from=counted_from, expired_by=expired_by, words=words)

    @classmethod
    def beyond_contract(cls, days: int, *, counted_from: str | Combinable, expired_by: str = "") -> "Retention":
        """For a number of days, whether the contract goes on or not: evidence of the provider's, and invoices (R2)."""
        return cls(days=days, counted_from=counted_from, expired_by=expired_by)

    @classmethod
    def while_in_use(cls) -> "Retention":
        """As long as it says how things are: a setting in force, a backup that is in the store."""
        return cls(in_use=True)

    @classmethod
    def unlimited(cls) -> "Retention":
        """Without limit (R2 names what that may be)."""
        return cls()


# How long the provider keeps evidence of its own work: as long as the audit log of the longest class (G5).
EVIDENCE_DAYS = 7 * 366

ALL_RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
APPEND_ONLY = frozenset({"SELECT", "INSERT"})
READ_ONLY = frozenset({"SELECT"})
NO_RIGHTS: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Asset:
    """The declaration of one table.

    `app_rights` and `platform_rights` are what the two roles may do; the live grants must equal them. `archived` is
    whether a tenant archive carries it, `platform_archived` whether the archive of the platform does, and `left_out`
    why neither does; exactly one of the three is so. `returned` is whether the tenant takes it along when it leaves
    (R3). `walled_by` names the column with a row's tenant in a table outside kind TENANT that stands behind the wall
    all the same; `names_tenant` those by which its rows say of which tenants they speak, where that is another one or
    several: they go with each of them.
    `withheld` names the columns that nobody takes along all the same: hashes of passwords, where a job stands, who of
    the provider did it.
    `sealed` lists the columns that the tenant's keys seal, each with its purpose, in which `{row.…}` may occur: a
    restore under new keys seals them anew. `rolled_back` is whether a restore in place brings an archived table back to
    what it was; the others say what has happened since, and go on saying it (B6).
    """

    data_class: str
    ownership: Ownership
    retention: Retention
    archived: bool
    returned: bool
    erasure: Erasure = Erasure.ROWS
    kind: TableKind = TableKind.TENANT
    app_rights: frozenset[str] = ALL_RIGHTS
    platform_rights: frozenset[str] = NO_RIGHTS
    walled_by: str = ""
    names_tenant: tuple[str, ...] = ()
    sealed: tuple[tuple[str, str], ...] = ()
    platform_archived: bool = False
    left_out: str = ""
    rolled_back: bool = True
    withheld: tuple[str, ...] = ()

    @property
    def wall_column(self) -> str:
        """The column that the policy of the table compares with the tenant in scope; empty when it has no policy."""
        return "tenant_id" if self.kind is TableKind.TENANT else self.walled_by


# Tables without a model of ours: third-party ones, and helpers of the database.
_declared_tables: dict[str, Asset] = {}


def declare_table(name: str, asset: Asset) -> None:
    """Declare a table that has no model of the product."""
    if _declared_tables.setdefault(name, asset) != asset:
        raise ValueError(f"Table {name} is declared twice, and differently.")


def asset_of(model: type[models.Model]) -> Asset | None:
    """The declaration of a model's table, wherever it was made."""
    asset: Any = getattr(model, "asset", None)
    return asset if isinstance(asset, Asset) else _declared_tables.get(model._meta.db_table)


def declared_assets() -> dict[str, Asset]:
    """Every declared table with its declaration, by table name."""
    by_model = {model._meta.db_table: asset for model, asset in asset_models()}
    return {**_declared_tables, **by_model}


def asset_models() -> Iterator[tuple[type[models.Model], Asset]]:
    """Every model with its declaration; one without is left to the system check."""
    for model in apps.get_models(include_auto_created=True):
        asset = asset_of(model)
        if asset is not None:
            yield model, asset
