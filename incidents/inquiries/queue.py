"""The inquiries of all companies, for operators: what waits for support first, by its deadline (N4).

Read as the platform role, in SQL, because the manager answers for one tenant only, and rightly so. Nothing of a company
is in it but its code, its name and the heads of its inquiries.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast, overload
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils import timezone

from incidents.inquiries.models import ENDED, WAITING, Inquiry
from tenants.isolation.placement import PLATFORM_ALIAS
from tenants.isolation.transactions import current_connection, platform_transaction

_FIELDS = [one.attname for one in Inquiry._meta.concrete_fields]
_COLUMNS = ", ".join(f'i."{one.column}"' for one in Inquiry._meta.concrete_fields)
_SOURCE = f"FROM {Inquiry._meta.db_table} i CROSS JOIN LATERAL company_of(i.tenant_id) c"
_DUE = "CASE WHEN i.first_answered_at IS NULL AND NOT i.state = ANY(%(ended)s) THEN i.first_answer_due_at END"
# Clocks that run, the oldest deadline first; then what waits for support, for the longest; then the newest.
_ORDER = f"""ORDER BY {_DUE} NULLS LAST, i.state = ANY(%(waiting)s) DESC,
CASE WHEN i.state = ANY(%(waiting)s) THEN i.last_message_at END, i.last_message_at DESC, i.id"""


@dataclass(frozen=True, slots=True)
class Listed:
    """An inquiry with the company that asked."""

    inquiry: Inquiry
    company_code: str
    company_name: str

    @property
    def overdue(self) -> bool:
        """Whether its first answer should have been there by now."""
        return self.inquiry.waits_for_first_answer and self.inquiry.first_answer_due_at < timezone.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which inquiries: in one of the states, of a company (by code or name), of an operator or of nobody, and those
    whose first answer is due before a moment."""

    states: Sequence[str] = ()
    company: str = ""
    in_charge: UUID | None = None
    nobodys: bool = False
    due_before: datetime | None = None

    def conditions(self) -> tuple[str, dict[str, Any]]:
        """As SQL with its values."""
        params: dict[str, Any] = {"waiting": list(WAITING), "ended": list(ENDED)}
        parts = ["true"]
        if self.states:
            parts.append("i.state = ANY(%(states)s)")
            params["states"] = list(self.states)
        if self.company:
            parts.append("(c.code = upper(%(code)s) OR strpos(lower(c.name), lower(%(code)s)) > 0)")
            params["code"] = self.company
        if self.nobodys:
            parts.append("i.assigned_to IS NULL")
        elif self.in_charge is not None:
            parts.append("i.assigned_to = %(in_charge)s")
            params["in_charge"] = self.in_charge
        if self.due_before is not None:
            parts.append(f"{_DUE} < %(due_before)s")
            params["due_before"] = self.due_before
        return " AND ".join(parts), params


@dataclass(frozen=True, slots=True)
class _Queue(Sequence[Listed]):
    """The chosen ones, read page by page."""

    wanted: Wanted = field(default_factory=Wanted)

    def __len__(self) -> int:
        conditions, params = self.wanted.conditions()
        with current_connection().cursor() as cursor:
            cursor.execute(f"SELECT count(*) {_SOURCE} WHERE {conditions}", params)
            return int(cursor.fetchone()[0])

    @overload
    def __getitem__(self, wanted: int) -> Listed: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Listed]: ...
    def __getitem__(self, wanted: int | slice) -> Listed | list[Listed]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        conditions, params = self.wanted.conditions()
        start = wanted.start or 0
        bounds = f"LIMIT {int(wanted.stop - start)} OFFSET {int(start)}"
        return list(_read(f"WHERE {conditions} {_ORDER} {bounds}", params))


def queue_page(wanted: Wanted, *, number: Any = 1, size: int = 30) -> Page[Listed]:
    """One page of the queue, read in full."""
    with platform_transaction():
        page = Paginator(_Queue(wanted), size).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_listed(company_id: UUID, inquiry_id: UUID) -> Listed | None:
    """One inquiry of one company."""
    with platform_transaction():
        return next(_read("WHERE i.tenant_id = %(c)s AND i.id = %(i)s", {"c": company_id, "i": inquiry_id}), None)


def _read(rest: str, params: dict[str, Any]) -> Iterator[Listed]:
    with current_connection().cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS}, c.code, c.name {_SOURCE} {rest}", params)
        for row in cursor.fetchall():
            inquiry = Inquiry.from_db(PLATFORM_ALIAS, _FIELDS, row[: len(_FIELDS)])
            inquiry.told = json.loads(cast("str", inquiry.told))  # as the driver hands it over
            code, name = row[len(_FIELDS) :]
            yield Listed(inquiry, code, name)
