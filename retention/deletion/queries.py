"""Reads of deletions, as the platform role."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from retention.deletion.models import DeletionRequest
from tenants.four_eyes import open_requests
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25


def request_page(*, number: Any = 1) -> Page[DeletionRequest]:
    """Requests, newest first, a page at a time; read in full."""
    with platform_transaction():
        page = Paginator(DeletionRequest.objects.order_by("-asked_at", "-id"), _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def waiting_requests() -> list[DeletionRequest]:
    """Those that wait for a second operator, the oldest first."""
    with platform_transaction():
        return open_requests(DeletionRequest)


def find_request(request_id: UUID) -> DeletionRequest | None:
    """The request of an id."""
    with platform_transaction():
        return DeletionRequest.objects.filter(id=request_id).first()
