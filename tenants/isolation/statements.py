"""Statements that are put together once in a process: for the few reads that stand before every view (T1).

Django takes milliseconds to make SQL out of a query with many parts, and would do so at every request. The wall is the
same here: the managers make the SQL, with the tenant's literal wherever theirs is, and each run fills in the tenant in
scope, whatever else it is given, under the policies and in the transaction that was told this tenant.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from tenants.isolation.context import require_tenant_id, tenant_scope
from tenants.isolation.transactions import current_connection

# Values that occur nowhere else, so that they are found again among the parameters.
_STAND_INS: dict[type, Callable[[], Any]] = {
    str: lambda: uuid4().hex,
    UUID: uuid4,
    datetime: lambda: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(microseconds=secrets.randbits(48)),
}


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of a value among the parameters."""

    name: str


class Statement:
    """One query of the tenant in scope, with values that come anew at each run.

    `build` makes the query, a `values_list()`, of arguments by name; `types` gives the type of each: `str`, `UUID` or
    `datetime`. It runs once, with stand-ins, and must not decide anything by their values.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self.build = build
        self._types = types

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values. Raises NoTenant without a tenant in scope."""
        values["tenant_id"] = require_tenant_id()
        sql, params, converters = self._compiled
        connection = current_connection()
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[value.name] if isinstance(value, _Slot) else value for value in params])
            found = [list(row) for row in cursor.fetchall()]
        for row in found:
            for place, (functions, expression) in converters.items():
                for convert in functions:
                    row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in found]

    @cached_property
    def _compiled(self) -> tuple[str, list[Any], dict[int, tuple[list[Callable[..., Any]], Any]]]:
        given = {name: _STAND_INS[type_]() for name, type_ in self._types.items()}
        tenant_id = uuid4()
        with tenant_scope(tenant_id):
            compiler = self.build(**given).query.get_compiler(DEFAULT_DB_ALIAS)
            sql, values = compiler.as_sql()
        slots = {value: _Slot(name) for name, value in {**given, "tenant_id": tenant_id}.items()}
        params = [slots.get(value, value) if isinstance(value, str | UUID | datetime) else value for value in values]
        if lost := {slot.name for slot in slots.values()}.difference(
            value.name for value in params if isinstance(value, _Slot)
        ):
            raise TypeError(f"The statement does not ask for {', '.join(sorted(lost))}.")
        if any(isinstance(value, UUID | datetime) for value in params):
            raise TypeError("The statement would keep a time or a key of its first run for ever.")
        return sql, params, compiler.get_converters([column for column, _sql, _alias in compiler.select])
