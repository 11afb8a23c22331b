"""Reads of disclosures, as the platform role (R5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from retention.disclosure.models import Disclosure, DisclosureState, HandOut
from retention.holds.models import KeptRow
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25


def disclosure_page(*, number: Any = 1) -> Page[Disclosure]:
    """Disclosures, newest first, a page at a time; read in full."""
    with platform_transaction():
        page = Paginator(Disclosure.objects.order_by("-asked_at", "-id"), _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def asked_disclosures(most: int) -> list[Disclosure]:
    """Those that wait for a second operator, the oldest first, at most so many."""
    with platform_transaction():
        return list(Disclosure.objects.filter(state=DisclosureState.ASKED).order_by("asked_at", "id")[:most])


def find_disclosure(disclosure_id: UUID) -> Disclosure | None:
    """The disclosure of an id."""
    with platform_transaction():
        return Disclosure.objects.filter(id=disclosure_id).first()


def handouts_of(disclosure: Disclosure) -> list[HandOut]:
    """To whom its package went, newest first."""
    with platform_transaction():
        return list(HandOut.objects.filter(disclosure_id=disclosure.id).order_by("-handed_on", "-noted_at"))


def disclosures_of(hold_id: UUID) -> list[Disclosure]:
    """Those that were made by a hold, newest first."""
    with platform_transaction():
        return list(Disclosure.objects.filter(hold_id=hold_id).order_by("-asked_at"))


def waiting_since(moment: datetime) -> list[UUID]:
    """Approved disclosures that nobody has worked on since then."""
    with platform_transaction():
        late = Disclosure.objects.filter(state=DisclosureState.APPROVED)
        return [one.id for one in late if (one.begun_at or one.decided_at or one.asked_at) < moment]


def past_their_days(now: datetime) -> list[UUID]:
    """Disclosures whose package has to go."""
    with platform_transaction():
        over = Disclosure.objects.filter(state=DisclosureState.READY, expires_at__lte=now)
        return list(over.values_list("id", flat=True))


def runs_by_company() -> dict[UUID, set[str]]:
    """The names of all packages that belong to a disclosure."""
    found: dict[UUID, set[str]] = {}
    with platform_transaction():
        for tenant_id, run in Disclosure.objects.order_by().values_list("tenant_id", "run"):
            found.setdefault(tenant_id, set()).add(str(run))
    return found


def kept_rows(hold_id: UUID | None, table: str) -> list[dict[str, Any]]:
    """The rows of a table that a hold has kept as they were, oldest first."""
    if hold_id is None:
        return []
    with platform_transaction():
        rows = KeptRow.objects.filter(hold_id=hold_id, table_name=table).order_by("kept_at", "id")
        return list(rows.values_list("row", flat=True))
