"""Reads of mailings, as the platform role (N1, N2, N6)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, QuerySet, When

from incidents.mailing.models import Delivery, DeliveryState, Mailing, MailingCompany
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many mails of a mailing are in which state, and how many companies had nobody to tell."""

    queued: int = 0
    sent: int = 0
    refused: int = 0
    bounced: int = 0
    skipped: int = 0
    companies: int = 0
    unreachable: int = 0

    @property
    def total(self) -> int:
        """All its mails."""
        return self.queued + self.sent + self.refused + self.bounced + self.skipped

    @property
    def failed(self) -> int:
        """Mails that reached nobody."""
        return self.refused + self.bounced

    def recorded(self) -> dict[str, int]:
        """For the audit log."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NamedDelivery:
    """A mail and the company of its reader; None for a subscriber."""

    delivery: Delivery
    company: Tenant | None


def find_mailing(mailing_id: UUID) -> Mailing | None:
    """The mailing of a key."""
    with platform_transaction():
        return Mailing.objects.filter(id=mailing_id).first()


def newest_mailings(most: int = 20) -> list[Mailing]:
    """The newest of all."""
    with platform_transaction():
        return list(Mailing.objects.all()[:most])


def mailings_about(about: str, about_id: object) -> list[Mailing]:
    """Every mailing about a thing, oldest first."""
    with platform_transaction():
        return list(Mailing.objects.filter(about=about, about_id=str(about_id)).order_by("started_at", "id"))


def deliveries_of(about: str, about_id: object, *, tenant_id: UUID | None = None) -> list[NamedDelivery]:
    """Every mail about a thing, to everybody or to the people of one company, oldest first."""
    with platform_transaction():
        mailings = Mailing.objects.filter(about=about, about_id=str(about_id)).values("id")
        found = Delivery.objects.filter(mailing_id__in=mailings)
        if tenant_id is not None:
            found = found.filter(tenant_id=tenant_id)
        return _named(list(found.order_by("created_at", "id")))


def delivery_page(mailing_id: UUID, *, state: str = "", search: str = "", number: Any = 1) -> "Page[Any]":
    """One page of the mails of a mailing, those that failed first; in a state, with a text in the address."""
    found: QuerySet[Delivery] = Delivery.objects.filter(mailing_id=mailing_id)
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(address__icontains=search)
    failed = Case(When(state__in=[DeliveryState.REFUSED, DeliveryState.BOUNCED], then=0), default=1)
    with platform_transaction():
        page: Page[Any] = Paginator(found.order_by(failed, "created_at", "id"), 50).get_page(number)
        page.object_list = _named(list(page.object_list))
    return page


def numbers_of(mailing_id: UUID) -> Numbers:
    """What became of a mailing so far."""
    with platform_transaction():
        states = Delivery.objects.filter(mailing_id=mailing_id).values_list("state").annotate(Count("id")).order_by()
        companies = MailingCompany.objects.filter(mailing_id=mailing_id)
        counted = companies.aggregate(companies=Count("id"), unreachable=Count("id", filter=Q(recipients=0)))
        return Numbers(**dict(states), **counted)


def open_mailings(now: datetime) -> list[UUID]:
    """Those that have something to do now."""
    with platform_transaction():
        waiting = Mailing.objects.filter(finished_at=None, next_try_at__lte=now)
        return list(waiting.order_by("started_at").values_list("id", flat=True))


def has_due(mailing_id: UUID, now: datetime) -> bool:
    """Whether some mail of it could go now."""
    with platform_transaction():
        if not Mailing.objects.filter(id=mailing_id, stopped_at=None, next_try_at__lte=now).exists():
            return False
        due = Delivery.objects.filter(mailing_id=mailing_id, state=DeliveryState.QUEUED, next_try_at__lte=now)
        return due.exists()


def _named(deliveries: list[Delivery]) -> list[NamedDelivery]:
    tenants = Tenant.objects.in_bulk({each.tenant_id for each in deliveries if each.tenant_id})
    return [NamedDelivery(each, tenants.get(each.tenant_id) if each.tenant_id else None) for each in deliveries]
