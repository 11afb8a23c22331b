"""Reads of legal holds, as the platform role, and of what a company is told, behind its wall (R5)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT

from accounts.models import User
from accounts.queries import active_holders_of
from retention.holds.models import CompanyNotice, Hold, KeptRow, NoticeKind
from tenants.isolation.assets import asset_models
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25


def active_holds(tenant_id: UUID | None = None) -> list[Hold]:
    """The holds that act now, of one company or of all."""
    with platform_transaction():
        holds = Hold.objects.filter(released_at=None)
        return list(holds.filter(tenant_id=tenant_id) if tenant_id else holds)


def kept_ids(hold_id: UUID | None, table: str) -> list[UUID]:
    """The rows of a table that the hold has kept as they were, which it covers for ever after."""
    if hold_id is None:
        return []
    with platform_transaction():
        rows = KeptRow.objects.filter(hold_id=hold_id, table_name=table)
        return list(rows.order_by().values_list("row_id", flat=True).distinct())


def kept_contents(tenant_id: UUID, object_names: list[str]) -> set[str]:
    """Those of the contents that a kept version names."""
    with platform_transaction():
        rows = KeptRow.objects.filter(tenant_id=tenant_id, table_name="documents_documentversion")
        named = rows.annotate(object_name=KT("row__object_name")).filter(object_name__in=object_names)
        return set(named.order_by().values_list("object_name", flat=True))


def hold_page(*, number: Any = 1, show: str = "") -> Page[Hold]:
    """Holds, newest first, a page at a time: those that act, or `released` ones; read in full."""
    holds = Hold.objects.filter(released_at__isnull=show != "released")
    with platform_transaction():
        page: Page[Hold] = Paginator(holds.order_by("-placed_at", "-id"), _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_hold(hold_id: UUID) -> Hold | None:
    """The hold of an id."""
    with platform_transaction():
        return Hold.objects.filter(id=hold_id).first()


def kept_counts(hold_id: UUID) -> list[tuple[str, int]]:
    """How many rows a hold has kept, of each kind under its name for people."""
    with platform_transaction():
        rows = KeptRow.objects.filter(hold_id=hold_id).order_by("table_name").values_list("table_name")
        counts = dict(rows.annotate(rows=Count("id")))
    return [
        (str(model._meta.verbose_name_plural), counts[model._meta.db_table])
        for model, _asset in asset_models()
        if model._meta.db_table in counts
    ]


def due_for_review(today: date) -> list[Hold]:
    """The holds whose review is due and of which nobody was reminded today."""
    with platform_transaction():
        due = Hold.objects.filter(released_at=None, review_on__lte=today)
        return list(due.filter(Q(reminded_on=None) | Q(reminded_on__lt=today)))


def awaiting_review(today: date, most: int) -> list[Hold]:
    """The holds whose review is due, whoever was reminded; at most so many."""
    with platform_transaction():
        return list(Hold.objects.filter(released_at=None, review_on__lte=today).order_by("review_on", "id")[:most])


def asked_releases(most: int) -> list[Hold]:
    """The holds whose release waits for a second operator, at most so many."""
    with platform_transaction():
        waiting = Hold.objects.filter(released_at=None, release_asked_at__isnull=False)
        return list(waiting.order_by("release_asked_at", "id")[:most])


def notices(kind: NoticeKind | None = None) -> "QuerySet[CompanyNotice]":
    """What the company in scope is told, newest first."""
    found = CompanyNotice.objects.order_by("-begun_at", "-id")
    return found.filter(kind=kind) if kind else found


def reviewers() -> list[User]:
    """The operators who work with holds. In the provider's scope."""
    return list(active_holders_of("operator.holds").order_by("name"))
