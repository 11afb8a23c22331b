"""Which tables a data return holds, with which columns: read from the declarations alone (R3, DESIGN section 2)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import models
from django.utils import translation

from auditlog.exports.spreadsheet import BOM, csv_rows
from auditlog.models import AuditEvent
from documents.fields import SearchField
from retention.returning.labels import label_of, title_of
from tenants.isolation.assets import Asset, asset_models
from tenants.isolation.context import require_tenant_id

_AT_ONCE = 1000
LANGUAGES = ("ja", "en")

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A list of rows under stable keys, with words for people: of the list and of each column, by language.

    `read` gives the rows of the tenant in scope anew each time, in a transaction that its caller holds open.
    """

    name: str
    titles: Mapping[str, str]
    columns: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    read: Callable[[], Iterable[Row]]

    def as_csv(self, language: str) -> Iterator[bytes]:
        """For spreadsheets: UTF-8 with a mark, words and keys in the first line, nothing that runs as a formula."""
        words = self.labels[language]
        yield BOM + csv_rows([[f"{words[key]} [{key}]" for key in self.columns]])
        for rows in _batches(self.read()):
            yield csv_rows([_cell(value) for value in row] for row in rows)

    def as_json(self) -> Iterator[bytes]:
        """For programs: JSON Lines, an object a row."""
        for rows in _batches(self.read()):
            lines = (dict(zip(self.columns, map(_value, row), strict=True)) for row in rows)
            yield "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()


@cache
def returned_tables() -> tuple[Table, ...]:
    """Every declared table that a company takes along, but for the audit log, which comes with its proofs."""
    found = {model._meta.db_table: (model, asset) for model, asset in asset_models() if asset.returned}
    found.pop(AuditEvent._meta.db_table, None)
    return tuple(_table(*found[name]) for name in sorted(found))


def returned_columns(model: type[models.Model], asset: Asset) -> "tuple[models.Field[Any, Any], ...]":
    """The columns that are handed out: none that is a secret, that says what every row says, or that is computed."""
    hidden = {asset.wall_column, *asset.withheld, *(column for column, _purpose in asset.sealed)}
    return tuple(
        field
        for field in model._meta.local_concrete_fields
        if field.column not in hidden and not isinstance(field, SearchField) and not getattr(field, "generated", False)
    )


def labelled(name: str, titles: Callable[[], str], columns: Mapping[str, Callable[[], str]],
             read: Callable[[], Iterable[Row]]) -> Table:  # fmt: skip
    """A table whose words come in the language that is active when they are asked for."""
    words: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = titles()
            labels[language] = {key: label() for key, label in columns.items()}
    return Table(name, words, tuple(columns), labels, read)


def _table(model: type[models.Model], asset: Asset) -> Table:
    fields = returned_columns(model, asset)
    columns = {str(field.column): _labeller(field) for field in fields}
    names = [field.attname for field in fields]

    def read() -> Iterable[Row]:
        own = {str(asset.wall_column): require_tenant_id()}
        rows = model._default_manager.filter(**own).order_by("pk").values_list(*names)
        return rows.iterator(chunk_size=_AT_ONCE)

    return labelled(model._meta.db_table, lambda: title_of(model), columns, read)


def _labeller(field: "models.Field[Any, Any]") -> Callable[[], str]:
    return lambda: label_of(field)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _value(value: Any) -> Any:
    """As JSON has it: times in UTC."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _value(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: Any) -> object:
    """As a cell has it: lists and documents as JSON, nothing for nothing."""
    plain = _value(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else plain
