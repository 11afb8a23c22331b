"""Reads of notices: for a reader, by the door in the wall; for operators, as the platform role (N7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from incidents.notices.models import Notice, NoticeAddress, NoticeRead
from tenants.isolation.placement import current_alias
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant

_PER_PAGE = 25
# What nobody has opened by then no longer counts as unread; a bell counts no further than that many.
UNREAD_DAYS, UNREAD_MOST = 90, 100

_READ = "LEFT JOIN notices_noticeread r ON r.notice_id = n.id AND r.user_id = %s AND r.tenant_id = %s"
_ADDRESSED = f"FROM notices_addressed(%s) n {_READ}"
# What lists show: texts can be long.
_HEAD = "n.id, n.kind, n.title_ja, n.title_en, n.urgent, n.published_at, n.takes_effect_at, n.withdrawn_at"
_NEWEST_FIRST = "ORDER BY n.published_at DESC, n.id DESC"
_EVER = "-infinity"


def notices_for(tenant_id: UUID) -> list[Notice]:
    """What a company can read now, newest first, as that company."""
    with tenant_transaction(tenant_id):
        asked = f"SELECT n.* FROM notices_addressed(%s) n WHERE n.withdrawn_at IS NULL {_NEWEST_FIRST}"  # noqa: S608
        return list(Notice.objects.raw(asked, [_EVER]))


def notices_of(reader: User) -> list[Notice]:
    """The same for one person of the company in scope, each with `read_at`."""
    return _addressed("WHERE n.withdrawn_at IS NULL", reader, head=True)


def unread_of(reader: User) -> list[Notice]:
    """What this person has not opened, of the last days and since the account was made; one question."""
    since = max(reader.created_at, timezone.now() - timedelta(days=UNREAD_DAYS))
    unread = "WHERE n.withdrawn_at IS NULL AND r.read_at IS NULL"
    return _addressed(unread, reader, since=since, head=True)[:UNREAD_MOST]


def find_notice_for(notice_id: UUID, reader: User) -> Notice | None:
    """One notice if it is for the reader's company; also one that was withdrawn, of which only that may be told."""
    return next(iter(_addressed("WHERE n.id = %s", reader, notice_id)), None)


def public_notices(limit: int = 50) -> list[Notice]:
    """What anybody may read, newest first. Needs no log-in and no tenant."""
    asked = f"SELECT n.* FROM notices_public() n {_NEWEST_FIRST} LIMIT %s"  # noqa: S608
    return list(Notice.objects.raw(asked, [limit]))


def find_public_notice(notice_id: UUID) -> Notice | None:
    """One of them."""
    return next(iter(Notice.objects.raw("SELECT n.* FROM notices_public() n WHERE n.id = %s", [notice_id])), None)


def notice_page(*, number: Any = 1, show: str = "") -> Page[Notice]:
    """Notices for operators, a page at a time: published ones, `drafts` with scheduled ones, or `withdrawn` ones."""
    conditions = {
        "drafts": Q(published_at=None, withdrawn_at=None),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }
    chosen = conditions.get(show, Q(published_at__isnull=False, withdrawn_at=None))
    order = "-drafted_at" if show == "drafts" else "-published_at"
    notices = Notice.objects.filter(chosen).annotate(companies=Count("addresses")).order_by(order, "-id")
    with platform_transaction():
        page: Page[Any] = Paginator(notices, _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_notice(notice_id: UUID) -> Notice | None:
    """Any notice, for operators."""
    with platform_transaction():
        return Notice.objects.filter(id=notice_id).first()


def due_notices(now: datetime) -> list[Notice]:
    """Those whose hour has come."""
    with platform_transaction():
        waiting = Notice.objects.filter(published_at=None, withdrawn_at=None)
        return list(waiting.filter(publish_at__lte=now).order_by("publish_at", "id"))


def addressed_companies(notice: Notice) -> list[Tenant]:
    """The companies that were chosen, by code; none for a notice to all."""
    with platform_transaction():
        return list(_companies(notice)) if not notice.to_all else []


def companies_of_codes(codes: Collection[str]) -> list[Tenant]:
    """The companies of these codes that are not erased."""
    with platform_transaction():
        return list(Tenant.objects.filter(company_code__in=codes).exclude(state=State.ERASED).order_by("company_code"))


def address_ids(notice: Notice) -> list[UUID] | None:
    """Their keys; None for a notice to all. Inside the platform's transaction."""
    if notice.to_all:
        return None
    return list(NoticeAddress.objects.filter(notice=notice).values_list("tenant_id", flat=True))


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many people of a company have opened a notice, and when the first of them did."""

    tenant: Tenant
    readers: int
    first_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Receipts:
    """One page of them, and how many companies in all."""

    page: "Page[Any]"
    companies: int
    companies_read: int


def receipts_of(notice: Notice, *, number: Any = 1) -> Receipts:
    """Who has read, by company: numbers, no names. As the platform role."""
    with platform_transaction():
        companies = _companies(notice)
        page: Page[Any] = Paginator(companies, _PER_PAGE).get_page(number)
        shown = list(page.object_list)
        reads: QuerySet[NoticeRead] = QuerySet(NoticeRead, using=current_alias()).filter(notice_id=notice.id)
        counted = reads.filter(tenant_id__in=[tenant.id for tenant in shown]).order_by().values_list("tenant_id")
        found = {row[0]: row[1:] for row in counted.annotate(Count("id"), Min("read_at"))}
        page.object_list = [Receipt(tenant, *found.get(tenant.id, (0, None))) for tenant in shown]
        having_read = companies.filter(id__in=reads.order_by().values("tenant_id"))
        return Receipts(page, page.paginator.count, having_read.count())


def _companies(notice: Notice) -> "QuerySet[Tenant]":
    tenants = Tenant.objects.exclude(state=State.ERASED).order_by("company_code")
    if notice.to_all:
        return tenants
    return tenants.filter(id__in=NoticeAddress.objects.filter(notice=notice).values("tenant_id"))


def _addressed(
    condition: str, reader: User, *params: Any, since: datetime | None = None, head: bool = False
) -> list[Notice]:
    asked = f"SELECT {_HEAD if head else 'n.*'}, r.read_at {_ADDRESSED} {condition} {_NEWEST_FIRST}"
    return list(Notice.objects.raw(asked, [since or _EVER, reader.id, reader.tenant_id, *params]))
