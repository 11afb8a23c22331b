"""Gives every request an id and an origin (G1)."""

import ipaddress
import re
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from auditlog.context import Origin, origin

# `[2001:db8::1]:443`, `[2001:db8::1]` or `192.0.2.1:443`.
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}", re.ASCII)
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

    Each proxy appends whom it saw, so what counts is read from the right; what stands further left anybody can type.
    A request that did not come through all of them has no address, which no list of allowed networks holds (A4).
    """
    if not settings.TRUSTED_PROXIES:
        return normal_address(request.META.get("REMOTE_ADDR", ""))
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return normal_address(hops[-settings.TRUSTED_PROXIES]) if len(hops) >= settings.TRUSTED_PROXIES else None


def normal_address(text: str) -> str | None:
    """One address in the form in which it is stored and compared; None for what is none.

    Some proxies add the port, in brackets behind IPv6. An IPv4 address mapped into IPv6 becomes IPv4; the zone of a
    link-local one means something on this machine only.
    """
    bracketed = _WITH_PORT.fullmatch(text)
    try:
        parsed = ipaddress.ip_address((bracketed[1] or bracketed[2] if bracketed else text).partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
