"""Which tables an archive carries, with which columns, in which order: read from the declarations alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db import models

from tenants.isolation.assets import TableKind, asset_models

TENANT_COLUMN = "tenant_id"


@dataclass(frozen=True, slots=True)
class ArchivedTable:
    """One table of an archive; `columns` starts with the tenant, where a row has one."""

    name: str
    columns: tuple[str, ...]
    model: type[models.Model]


@cache
def archived_tables() -> tuple[ArchivedTable, ...]:
    """Every table behind the wall that is declared as archived; a table comes after those that it refers to."""
    return _ordered(
        {
            model._meta.db_table: model
            for model, asset in asset_models()
            if asset.archived and asset.kind is TableKind.TENANT
        }
    )


def _ordered(chosen: dict[str, type[models.Model]]) -> tuple[ArchivedTable, ...]:
    ordered: dict[str, ArchivedTable] = {}
    visiting: set[str] = set()

    def visit(name: str) -> None:
        # A circle (a folder in a folder, a file and its newest version) is cut where it closes: constraints wait
        # for the end of a restore.
        if name in visiting or name not in chosen:
            return
        visiting.add(name)
        for target in sorted(referred_tables(chosen[name])):
            visit(target)
        ordered[name] = ArchivedTable(name, _columns(chosen[name]), chosen[name])

    for name in sorted(chosen):
        visit(name)
    return tuple(ordered.values())


@cache
def platform_tables() -> tuple[ArchivedTable, ...]:
    """Every table that the archive of the platform carries; a table comes after those that it refers to."""
    return _ordered({model._meta.db_table: model for model, asset in asset_models() if asset.platform_archived})


def referred_tables(model: type[models.Model]) -> Iterator[str]:
    """The tables to which the foreign keys of a model lead."""
    for field in model._meta.local_fields:
        if field.remote_field is not None and field.related_model is not None:
            yield field.remote_field.model._meta.db_table


def _columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that hold data. What the database computes, or fills in unknown to Django, it does again."""
    fields = (field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False))
    columns = sorted(str(field.column) for field in fields)
    first = [TENANT_COLUMN] if TENANT_COLUMN in columns else []
    return (*first, *(column for column in columns if column != TENANT_COLUMN))
