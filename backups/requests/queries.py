"""Reads of restore requests and of the generations that they are about, for the tenant in scope."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.queries import active_holders_of
from backups.models import Archive, State
from backups.queries import archives
from backups.requests.models import OPEN_STATES, RestoreKind, RestoreRequest
from documents.models import Document
from tenants.queries import current_tenant

CONSOLE_MENU = "console.backups"
OPERATOR_MENU = "operator.backups"


def requests() -> QuerySet[RestoreRequest]:
    """Every request of the company, newest first."""
    return RestoreRequest.objects.order_by("-asked_at", "-id")


def find_request(key: UUID) -> RestoreRequest | None:
    """The request of that key in this tenant."""
    return RestoreRequest.objects.filter(id=key).first()


def request_for_change(key: UUID) -> RestoreRequest | None:
    """The same, locked until the transaction ends."""
    return RestoreRequest.objects.select_for_update().filter(id=key).first()


def open_count(kind: RestoreKind) -> int:
    """How many of that kind are under way."""
    return RestoreRequest.objects.filter(kind=kind, state__in=OPEN_STATES).count()


def generations() -> QuerySet[Archive]:
    """What may be restored: the verified archives, newest first."""
    return archives().filter(state=State.VERIFIED).order_by("-snapshot_at", "-id")


def find_generation(key: UUID) -> Archive | None:
    """The verified archive of that key in this tenant."""
    return generations().filter(id=key).first()


def kept_until(archive: Archive) -> datetime:
    """Until about when a generation is kept, with one new one a day, by the plan of today."""
    made = archive.snapshot_at or archive.created_at
    return made + timedelta(days=current_tenant().plan.generations)


def first_version_at(document: Document) -> datetime | None:
    """When the first version of a document came."""
    return document.versions.order_by("number").values_list("uploaded_at", flat=True).first()


def company_people() -> QuerySet[User]:
    """The company's people who are told of restores."""
    return active_holders_of(CONSOLE_MENU)


def operators() -> QuerySet[User]:
    """The operators who decide about requests. In the provider's scope."""
    return active_holders_of(OPERATOR_MENU)
