"""Reads of destructions, as the platform role."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from backups.destruction.models import DestructionRequest
from tenants.four_eyes import open_requests
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25


def request_page(*, number: Any = 1) -> Page[DestructionRequest]:
    """Requests, newest first, a page at a time; read in full."""
    with platform_transaction():
        page = Paginator(DestructionRequest.objects.order_by("-asked_at", "-id"), _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def waiting_requests() -> list[DestructionRequest]:
    """Those that wait for a second operator, the oldest first."""
    with platform_transaction():
        return open_requests(DestructionRequest)


def find_request(request_id: UUID) -> DestructionRequest | None:
    """The request of an id."""
    with platform_transaction():
        return DestructionRequest.objects.filter(id=request_id).first()


def open_request(tenant_id: UUID) -> DestructionRequest | None:
    """The request about a company that waits for its confirmation."""
    with platform_transaction():
        requests = DestructionRequest.objects.filter(tenant_id=tenant_id).order_by("-asked_at")
        return next((request for request in requests if request.is_open), None)
