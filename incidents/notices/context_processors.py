"""The bell and the banner of every page: what the person has not read (N7). One query, where a layout asks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from incidents.notices.models import Notice
from incidents.notices.queries import unread_of
from tenants.isolation.transactions import atomic, current_connection


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`, newest first; none for the provider's staff inside a company, who are not meant."""
    return {"unread_notices": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: Any) -> list[Notice]:
    """Asked once a request, since a page may be put together from several templates."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "staff", None):
        return []
    if not hasattr(request, "unread_notices"):
        if current_connection().in_atomic_block:
            request.unread_notices = unread_of(user)
        else:  # a page whose view opens its transactions itself
            with atomic():
                request.unread_notices = unread_of(user)
    found: list[Notice] = request.unread_notices
    return found
