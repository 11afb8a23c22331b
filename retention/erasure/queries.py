"""Reads of erasures, as the platform role."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils import timezone

from retention.erasure.models import OPEN_STATES, Erasure, ErasureState
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

_PER_PAGE = 25
# What should have begun so long ago and is not proven: nobody works on it, or something is in its way.
LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LateErasure:
    """One that operators have to look at, with the code of its company."""

    erasure: Erasure
    company_code: str


def find_erasure(erasure_id: UUID) -> Erasure | None:
    """The erasure of an id."""
    with platform_transaction():
        return Erasure.objects.filter(id=erasure_id).first()


def erasure_of(tenant_id: UUID) -> Erasure | None:
    """The erasure of a company that is planned, under way or done; a withdrawn one does not count."""
    with platform_transaction():
        return Erasure.objects.filter(tenant_id=tenant_id).exclude(state=ErasureState.WITHDRAWN).first()


def erasure_page(*, state: str = "", number: Any = 1) -> Page[Erasure]:
    """Erasures, the newest first, a page at a time; read in full."""
    erasures = Erasure.objects.order_by("-planned_at", "-id")
    with platform_transaction():
        page = Paginator(erasures.filter(state=state) if state else erasures, _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def every_erasure() -> list[Erasure]:
    """All of them, the newest first."""
    with platform_transaction():
        return list(Erasure.objects.order_by("-planned_at", "-id"))


def due_erasures(now: datetime | None = None) -> list[Erasure]:
    """What has to be worked on now: planned ones whose time has come, and those that did not come to their end."""
    with platform_transaction():
        return list(
            Erasure.objects.filter(state__in=OPEN_STATES, begin_at__lte=now or timezone.now()).order_by("begin_at")
        )


def overdue_erasures(now: datetime | None = None) -> list[Erasure]:
    """Those whose last day has passed without a proof."""
    with platform_transaction():
        return list(Erasure.objects.filter(state__in=OPEN_STATES, due_at__lte=now or timezone.now()).order_by("due_at"))


def stuck_erasures(now: datetime | None = None) -> list[LateErasure]:
    """Those that are overdue, or that should have begun a day ago; a hold is no delay."""
    at = now or timezone.now()
    with platform_transaction():
        open_ones = Erasure.objects.filter(state__in=OPEN_STATES).exclude(state=ErasureState.HELD)
        late = list(open_ones.filter(Q(due_at__lte=at) | Q(begin_at__lte=at - LATE)).order_by("due_at"))
        tenants = Tenant.objects.filter(id__in=[one.tenant_id for one in late])
        codes = dict(tenants.values_list("id", "company_code"))
    return [LateErasure(one, codes[one.tenant_id]) for one in late]


def late_erasures(now: datetime | None = None) -> list[LateErasure]:
    """Those of the stuck ones of which nobody was told."""
    return [late for late in stuck_erasures(now) if late.erasure.told_at is None]
