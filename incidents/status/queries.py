"""Reads about subscribers and about states that were set by hand (N1)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from incidents.components import BY_CODE
from incidents.status.document import StatusDocument
from incidents.status.models import ComponentOverride, Subscriber
from incidents.status.publishing import published_document
from incidents.status.store import status_store
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from vault.errors import StoreUnavailable


@contextmanager
def inside_provider(tenant_id: UUID | None = None) -> Iterator[None]:
    """Work in the provider's own tenant, where subscribers are, whoever asks."""
    if tenant_id is None:
        provider = provider_company()
        tenant_id = provider.tenant_id if provider else None
    with tenant_transaction(tenant_id):
        yield


def subscriber_for_change(subscriber_id: UUID) -> Subscriber | None:
    """One subscriber, locked; None when there is none any more. Inside the provider."""
    return Subscriber.objects.select_for_update().filter(id=subscriber_id).first()


def find_subscriber(subscriber_id: UUID) -> Subscriber | None:
    """One subscriber; None when there is none any more."""
    with inside_provider():
        return Subscriber.objects.filter(id=subscriber_id).first()


def confirmed_subscribers(before: datetime) -> list[Subscriber]:
    """Everybody to whom mails went already at that time. Inside the provider."""
    return list(Subscriber.objects.filter(confirmed_at__lte=before))


def subscriber_counts() -> tuple[int, int]:
    """How many have confirmed, and how many have not yet. Inside the provider."""
    confirmed = Subscriber.objects.exclude(confirmed_at=None).count()
    return confirmed, Subscriber.objects.filter(confirmed_at=None).count()


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """A part of the service as the page shows it, and the state that was set by hand, if one was."""

    name: str
    state: str
    override: ComponentOverride | None


@dataclass(frozen=True, slots=True)
class PageStanding:
    """The page as it lies in its store. `trouble` says why the store could not be read."""

    document: StatusDocument | None
    stale: bool
    store: str
    trouble: str = ""

    def states(self, overrides: Mapping[str, ComponentOverride]) -> list[ComponentLine]:
        """Each part of the service."""
        components = self.document.components if self.document else ()
        return [
            ComponentLine(str(BY_CODE[one.code].label), one.state, overrides.get(one.code))
            for one in components
            if one.code in BY_CODE
        ]


def standing_of_page(now: datetime) -> PageStanding:
    """What readers see now."""
    store = status_store()
    try:
        document = published_document(store)
    except StoreUnavailable as error:
        return PageStanding(None, stale=True, store=settings.STATUS_STORE, trouble=str(error))
    return PageStanding(document, stale=document is None or document.is_stale(now), store=settings.STATUS_STORE)


def overrides_in_force(now: datetime) -> dict[str, ComponentOverride]:
    """The states that are set by hand at that time, by component."""
    with platform_transaction():
        found = ComponentOverride.objects.filter(begins_at__lte=now, ends_at__gt=now).order_by("begins_at", "id")
        return {each.component: each for each in found}
