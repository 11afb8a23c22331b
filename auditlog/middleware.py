"""Gives every request an id and an origin (G1)."""

import ipaddress
import re
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from auditlog.context import Origin, origin

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestContextMiddleware:
    """Sets the origin of the work round the whole request and returns its id to the caller."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request on behalf of its origin."""
        sent_id = request.headers.get("X-Request-ID", "")
        request_id = sent_id if settings.TRUSTED_PROXIES and _REQUEST_ID.fullmatch(sent_id) else uuid4().hex
        where = Origin(client_ip(request), request.headers.get("User-Agent", ""), request_id)
        with origin(where):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


def client_ip(request: HttpRequest) -> str | None:
    """The address of the caller, believing only as many proxies as are configured (research/identity.md 4.5).

    An IPv4 address mapped into IPv6 is given as IPv4.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        address = forwarded[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
