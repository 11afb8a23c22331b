"""The provider's own list of requests and accesses, across all companies (A14). Read as the platform role.

Nothing of a company is in it but its code, its name and the decision on the request.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload
from uuid import UUID

from django.core.paginator import Page, Paginator

from accounts.staff.models import AccessState, EndReason, StaffAccess
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import current_connection, platform_transaction

_FIELDS = [field.attname for field in StaffAccess._meta.concrete_fields]
_COLUMNS = ", ".join(f'a."{field.column}"' for field in StaffAccess._meta.concrete_fields)
_FROM = f"FROM {StaffAccess._meta.db_table} a CROSS JOIN LATERAL company_of(a.tenant_id) c"
_ORDER = "ORDER BY a.asked_at DESC, a.id DESC"
# Accesses in hand whose operator is gone or suspended, or whose company is no longer served.
_STOPPED = f"""
a.state IN ('{AccessState.ASKED}', '{AccessState.GRANTED}') AND (NOT c.open OR NOT EXISTS (
  SELECT FROM accounts_user u, provider_company() p
  WHERE u.tenant_id = p.tenant_id AND u.id = a.operator_id AND u.state = 'active'))
"""
_OVERDUE = f"""
a.state = '{AccessState.GRANTED}' AND a.ends_at <= %s OR a.state = '{AccessState.ASKED}' AND a.asked_at <= %s
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """An access with the company that it is to."""

    access: StaffAccess
    company_code: str
    company_name: str
    company_open: bool


class _Everybodys(Sequence[Listed]):
    """All accesses, newest first, read page by page."""

    def __len__(self) -> int:
        with current_connection().cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {StaffAccess._meta.db_table}")  # noqa: S608 - a name of ours
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


def access_page(*, number: Any = 1, size: int = 25) -> Page[Listed]:
    """One page of all requests and accesses, read in full."""
    with platform_transaction():
        page = Paginator(_Everybodys(), size).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_listed(company_id: UUID, access_id: UUID) -> Listed | None:
    """One access of one company."""
    with platform_transaction():
        return next(_read("a.tenant_id = %s AND a.id = %s", [company_id, access_id]), None)


def companies_with_overdue(now: Any, asked_before: Any) -> list[UUID]:
    """The companies in which something is over and not yet written down as such."""
    with platform_transaction():
        return sorted({found.access.tenant_id for found in _read(_OVERDUE, [now, asked_before])})


def stopped() -> list[tuple[StaffAccess, EndReason]]:
    """Accesses in hand that nobody may use any more, and why."""
    with platform_transaction():
        found = list(_read(_STOPPED, []))
    return [(row.access, EndReason.ACCOUNT if row.company_open else EndReason.CONTRACT) for row in found]


def _read(condition: str, params: list[Any], bounds: str = "") -> Iterator[Listed]:
    """In SQL, because the manager answers for one tenant only, and rightly so."""
    statement = f"SELECT {_COLUMNS}, c.* {_FROM} WHERE {condition} {_ORDER} {bounds}"
    with current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        for row in cursor.fetchall():
            access = StaffAccess.from_db(PLATFORM_ALIAS, _FIELDS, row[: len(_FIELDS)])
            _tenant_id, code, name, is_open, *_rest = row[len(_FIELDS) :]
            yield Listed(access, code, name, is_open)
