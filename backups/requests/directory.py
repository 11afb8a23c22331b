"""The requests of all companies, for operators. Read as the platform role.

Nothing of a company is in it but its code, its name and what it asked for.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast, overload
from uuid import UUID

from django.core.paginator import Page, Paginator

from backups.requests.models import RestoreKind, RestoreRequest
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import current_connection, platform_transaction

_FIELDS = [field.attname for field in RestoreRequest._meta.concrete_fields]
_COLUMNS = ", ".join(f'r."{field.column}"' for field in RestoreRequest._meta.concrete_fields)
_TABLE = RestoreRequest._meta.db_table
# Files are the company's own business: operators hear of nothing but that whole companies are to be restored.
_WHOLE = f"r.kind = '{RestoreKind.COMPANY}'"
_ORDER = "ORDER BY r.state IN ('asked') DESC, r.asked_at DESC, r.id DESC"


@dataclass(frozen=True, slots=True)
class Listed:
    """A request with the company that asked."""

    request: RestoreRequest
    company_code: str
    company_name: str


class _Everybodys(Sequence[Listed]):
    """All requests, those that wait for an answer first, read page by page."""

    def __len__(self) -> int:
        with current_connection().cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {_TABLE} r WHERE {_WHOLE}")  # noqa: S608 - names of ours
            return int(cursor.fetchone()[0])

    @overload
    def __getitem__(self, wanted: int) -> Listed: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Listed]: ...
    def __getitem__(self, wanted: int | slice) -> Listed | list[Listed]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        start = wanted.start or 0
        return list(_read("true", [], f"LIMIT {int(wanted.stop - start)} OFFSET {int(start)}"))


def request_page(*, number: Any = 1, size: int = 25) -> Page[Listed]:
    """One page of the requests for whole companies, read in full."""
    with platform_transaction():
        page = Paginator(_Everybodys(), size).get_page(number)
        page.object_list = list(page.object_list)
    return page


def asked_requests(most: int) -> list[Listed]:
    """Those for whole companies that wait for an answer, at most so many."""
    with platform_transaction():
        return list(_read("r.state = 'asked'", [], f"LIMIT {int(most)}"))


def find_listed(company_id: UUID, request_id: UUID) -> Listed | None:
    """One request of one company."""
    with platform_transaction():
        return next(_read("r.tenant_id = %s AND r.id = %s", [company_id, request_id]), None)


def _read(condition: str, params: list[Any], bounds: str = "") -> Iterator[Listed]:
    """In SQL, because the manager answers for one tenant only, and rightly so."""
    source = f"FROM {_TABLE} r CROSS JOIN LATERAL company_of(r.tenant_id) c"
    statement = f"SELECT {_COLUMNS}, c.code, c.name {source} WHERE {_WHOLE} AND {condition} {_ORDER} {bounds}"
    with current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        for row in cursor.fetchall():
            request = RestoreRequest.from_db(PLATFORM_ALIAS, _FIELDS, row[: len(_FIELDS)])
            request.result = json.loads(cast("str", request.result))  # as the driver hands it over
            code, name = row[len(_FIELDS) :]
            yield Listed(request, code, name)
