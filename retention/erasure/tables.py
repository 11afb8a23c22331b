"""Which rows of which tables are a company's, and in which order they can go: read from the declarations alone (R1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db import models

from backups.content import TENANT_COLUMN
from tenants.isolation.assets import Asset, TableKind, asset_models
from tenants.isolation.assets import Erasure as Way


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of a table that refers to a column of another one; behind the wall within one company."""

    table: str
    column: str
    target: str
    within_tenant: bool


@dataclass(frozen=True, slots=True)
class DeclaredTable:
    """A table with rows of companies: the columns that say whose a row is, and who refers to it."""

    name: str
    model: type[models.Model]
    asset: Asset
    columns: tuple[str, ...]
    referred_by: tuple[Reference, ...]

    @property
    def own_column(self) -> str:
        """The column by which rows refer to others of this very table; empty when there is none."""
        return next((one.column for one in self.referred_by if one.table == self.name), "")


def columns_naming_tenants(model: type[models.Model], asset: Asset) -> tuple[str, ...]:
    """The columns by which a row says whose it is, or of which companies it speaks; none where it is nobody's."""
    if asset.names_tenant:
        return asset.names_tenant
    if asset.wall_column:
        return (asset.wall_column,)
    return (TENANT_COLUMN,) if any(field.column == TENANT_COLUMN for field in model._meta.local_fields) else ()


@cache
def tables_to_empty() -> tuple[DeclaredTable, ...]:
    """Every table whose rows go with their company; a table comes before those that it refers to."""
    chosen = {
        model._meta.db_table: (model, asset)
        for model, asset in asset_models()
        if asset.erasure is not Way.KEEP and columns_naming_tenants(model, asset)
    }
    references = _references()
    ordered: dict[str, DeclaredTable] = {}

    def visit(name: str) -> None:
        if name in ordered or name not in chosen:
            return
        referred_by = references.get(name, ())
        for child in sorted({one.table for one in referred_by} - {name}):
            visit(child)
        model, asset = chosen[name]
        ordered[name] = DeclaredTable(name, model, asset, columns_naming_tenants(model, asset), referred_by)

    for name in sorted(chosen):
        visit(name)
    return tuple(ordered.values())


@cache
def kept_tables() -> tuple[DeclaredTable, ...]:
    """Every table whose rows stay although they name a company (R2)."""
    return tuple(
        DeclaredTable(model._meta.db_table, model, asset, columns, ())
        for model, asset in asset_models()
        if asset.erasure is Way.KEEP and (columns := columns_naming_tenants(model, asset))
    )


def ownerless_tables() -> Iterator[str]:
    """Tables that are declared to go with a company, and do not say with which: a mistake in the declaration."""
    for model, asset in asset_models():
        goes = asset.erasure is not Way.KEEP and asset.kind is not TableKind.GLOBAL
        if goes and not columns_naming_tenants(model, asset):
            yield model._meta.db_table


def dangling_references() -> Iterator[tuple[str, str]]:
    """Tables that stay and refer to one whose rows go: table and target."""
    going = {table.name for table in tables_to_empty()}
    for model, asset in asset_models():
        if asset.erasure is Way.KEEP:
            for field in _foreign_keys(model):
                if (target := field.remote_field.model._meta.db_table) in going:
                    yield model._meta.db_table, target


def _references() -> dict[str, tuple[Reference, ...]]:
    found: dict[str, tuple[Reference, ...]] = {}
    for model, asset in asset_models():
        for field in _foreign_keys(model):
            target = field.remote_field.model._meta.db_table
            to, within = str(field.target_field.column), asset.kind is TableKind.TENANT
            reference = Reference(model._meta.db_table, str(field.column), to, within)
            found[target] = (*found.get(target, ()), reference)
    return found


def _foreign_keys(model: type[models.Model]) -> Iterator["models.ForeignKey[models.Model, models.Model]"]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield field
