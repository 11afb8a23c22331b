"""The rows of one table of an archive as rows of the product, read without touching the database (B6)."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from backups.content import TENANT_COLUMN
from backups.copytext import CopyTextMalformed, Row, read_rows
from backups.errors import ArchiveDamaged, Cause
from backups.manifest import Manifest, TableEntry
from backups.verifying import read_table
from vault.stores import ObjectStore

M = TypeVar("M", bound=models.Model)


def archived_values(store: ObjectStore, manifest: Manifest, table: str, wanted: Sequence[str]) -> Iterator[Row]:
    """The values of some columns of a table, row by row. Every row is seen to be the tenant's own.

    Raises ArchiveDamaged, at the latest after the last row; StoreUnavailable.
    """
    entry = next((entry for entry in manifest.tables if entry.name == table), None)
    if entry is not None and entry.rows:
        yield from _own(store, manifest, entry, wanted)


def archived_rows(
    store: ObjectStore, manifest: Manifest, model: type[M], keys: Sequence[str], chosen: Any
) -> Iterator[M]:
    """Rows of a table as unsaved instances: those for which `chosen` says yes to the values of the columns `keys`.

    Columns that came later have the default of their field; those that this release has no more are left out.
    Raises as `archived_values`.
    """
    table = model._meta.db_table
    entry = next((entry for entry in manifest.tables if entry.name == table), None)
    fields = [field for field in model._meta.concrete_fields if entry is not None and field.column in entry.columns]
    wanted = [*keys, *(str(field.column) for field in fields)]
    for values in archived_values(store, manifest, table, wanted):
        if chosen(values[: len(keys)]):
            pairs = zip(fields, values[len(keys) :], strict=True)
            try:
                yield model(**{field.attname: field.to_python(value) for field, value in pairs})
            except ValidationError as error:
                raise ArchiveDamaged(table, Cause.CONTENT, "a value of another type") from error


def _own(store: ObjectStore, manifest: Manifest, entry: TableEntry, wanted: Sequence[str]) -> Iterator[Row]:
    tenant = str(manifest.place.tenant_id)
    pieces = read_table(store, manifest.place, entry)
    try:
        for owner, *values in read_rows(pieces, entry.columns, [TENANT_COLUMN, *wanted]):
            if owner != tenant:
                raise ArchiveDamaged(entry.name, Cause.CONTENT, "a row of another tenant")
            yield tuple(values)
    except CopyTextMalformed as error:
        raise ArchiveDamaged(entry.name, Cause.CONTENT, str(error)) from error
