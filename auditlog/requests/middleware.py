"""Measures every request and hands one entry about it over (G6)."""

import json
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from auditlog.context import current_origin
from auditlog.requests.buffer import buffer
from tenants.isolation.models import new_id

# The names of converters and groups say nothing to people: `documents/<uuid:folder>/` is `documents/<folder>/`.
_CONVERTER = re.compile(r"<\w+:")
NO_ROUTE = "-"


class RequestLogMiddleware:
    """Stands outside of everything that answers, so that it sees every answer, errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; the time until the answer begins is what counts."""
        begun = perf_counter()
        response = self.get_response(request)
        if settings.REQUEST_LOG:
            buffer().put(entry(request, response, (perf_counter() - begun) * 1000))
        return response

    def process_exception(self, request: Any, exception: Exception) -> None:
        """Remember what went wrong; Django makes an answer of it that no longer says so."""
        request.failed_by = type(exception).__name__


def entry(request: Any, response: HttpResponseBase, duration_ms: float) -> str:
    """What is kept of a request and its answer. No address as it was, no header, no form."""
    where, match = current_origin(), request.resolver_match
    user = getattr(request, "user", None)
    user = user if user is not None and user.is_authenticated else None
    return json.dumps(
        {
            "id": new_id().hex,
            "at": timezone.now().isoformat(),
            "tenant_id": str(user.tenant_id) if user else None,
            "user_id": user.user_id if user else "",
            "ip": where.ip,
            "method": request.method[:8],
            "route": "/" + _CONVERTER.sub("<", match.route)[:199] if match else NO_ROUTE,
            "status": response.status_code,
            "duration_ms": round(duration_ms, 2),
            "error": getattr(request, "failed_by", "")[:100] if response.status_code >= 500 else "",
            "request_id": where.request_id,
        }
    )
