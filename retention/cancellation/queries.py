"""Reads of cancellations."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from accounts.models import User, UserState
from retention.cancellation.models import Cancellation, CancellationState, CancellationWords
from retention.promise.arithmetic import Promise
from tenants.contract.queries import organisation_of
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from tenants.queries import current_tenant

CONTRACT_MENU, RETURN_MENU = "console.contract", "console.data_return"


def current_cancellation() -> Cancellation | None:
    """The cancellation of the tenant in scope, unless it was withdrawn."""
    return standing_cancellations().filter(tenant_id=require_tenant_id()).first()


def find_own(cancellation_id: UUID) -> Cancellation | None:
    """A cancellation of the tenant in scope."""
    return Cancellation.objects.filter(id=cancellation_id, tenant_id=require_tenant_id()).first()


def words_of(cancellation: Cancellation) -> CancellationWords | None:
    """What was said with a cancellation of the tenant in scope; nothing once the company is erased."""
    return CancellationWords.objects.filter(cancellation_id=cancellation.id).first()


def standing_cancellations() -> QuerySet[Cancellation]:
    """Those that were not withdrawn, of whomever the role may see."""
    return Cancellation.objects.exclude(state=CancellationState.WITHDRAWN)


def find_cancellation(cancellation_id: UUID) -> Cancellation | None:
    """A cancellation of any company, as the platform role."""
    with platform_transaction():
        return Cancellation.objects.filter(id=cancellation_id).first()


def cancellation_of(tenant_id: UUID) -> Cancellation | None:
    """The cancellation of a company, unless it was withdrawn, as the platform role."""
    with platform_transaction():
        return standing_cancellations().filter(tenant_id=tenant_id).first()


def last_days() -> dict[UUID, date]:
    """The last day of use of everybody who leaves, for their last invoice; in a transaction of the platform role."""
    return dict(standing_cancellations().values_list("tenant_id", "last_day"))


def due_cancellations(now: datetime) -> list[Cancellation]:
    """Those whose last day of use is over and that have not taken effect, as the platform role."""
    with platform_transaction():
        return list(
            Cancellation.objects.filter(state=CancellationState.OPEN, suspend_at__lte=now).order_by("suspend_at")
        )


def cancellations_on_the_way() -> list[Cancellation]:
    """Those of companies that are not erased yet, as the platform role: whom reminders may be due to."""
    gone = Tenant.objects.filter(state=State.ERASED).values("id")
    with platform_transaction():
        return list(standing_cancellations().exclude(tenant_id__in=gone).order_by("suspend_at"))


def leaving_page(promise: Promise, *, number: Any = 1, size: int = 25) -> Page[Cancellation]:
    """Cancellations that stand, the last to leave first; read in full, as the platform role.

    Each comes with its `tenant`, and with `breaks_promise`: the windows were made longer since its dates were fixed, so
    that something of it would be left after its last date.
    """
    with platform_transaction():
        page = Paginator(standing_cancellations().order_by("-last_day", "-id"), size).get_page(number)
        found = list(page.object_list)
        tenants = Tenant.objects.in_bulk({one.tenant_id for one in found})
    for one in found:
        needed = timedelta(days=promise.work + promise.windows)
        late = one.erase_at + needed > one.gone_by + timedelta(seconds=1)
        tenant = tenants[one.tenant_id]
        vars(one).update(tenant=tenant, breaks_promise=late and tenant.state != State.ERASED)
    page.object_list = found
    return page


def billing_contact() -> tuple[str, str] | None:
    """Name and e-mail address of the billing contact of the tenant in scope, if there is one (T5)."""
    organisation = organisation_of(current_tenant())
    return (organisation.billing_name, organisation.billing_email) if organisation.billing_email else None


def leavers_people() -> QuerySet[User]:
    """Who is told: the active users of the tenant in scope who look after the contract or may take the data along."""
    return (
        User.objects.filter(state=UserState.ACTIVE, roles__menus__overlap=[CONTRACT_MENU, RETURN_MENU])
        .distinct()
        .order_by("user_id")
    )
