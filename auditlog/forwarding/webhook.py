"""Delivery to an HTTPS webhook. Only a status of 2xx confirms, and a redirect is never followed."""

import http.client
import ssl
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.utils import timezone

from auditlog.forwarding import signing
from auditlog.forwarding.models import Destination
from auditlog.forwarding.payloads import EVENTS, batch, message_id
from auditlog.forwarding.trouble import DeliveryFailed, Trouble
from config.outbound import Endpoint, https_endpoint, tls_channel

MOST_ANSWER = 4096  # of what it says we read no more


def deliver(destination: Destination, company_code: str, events: Sequence[bytes], *, kind: str = EVENTS) -> str:
    """Send one batch; the beginning of the answer. Raises DeliveryFailed, and what `tls_channel` raises."""
    now = timezone.now()
    endpoint = https_endpoint(destination.address, settings.FORWARDING_WEBHOOK_PORTS)
    body = batch(kind, company_code, events, at=now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"{settings.PRODUCT_NAME}-Audit-Forwarding/1",
        "Connection": "close",
        **signing.headers_of(message_id(destination.id, events), now, body, signing.secrets_of(destination)),
    }
    with tls_channel(
        endpoint,
        allowed=settings.FORWARDING_ALLOWED_NETWORKS,
        authorities=destination.authorities,
        seconds=settings.FORWARDING_SECONDS,
    ) as channel:
        return post(channel, endpoint, body, headers)


def post(channel: ssl.SSLSocket, endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> str:
    """Post a body over an open channel; the beginning of the answer. Raises DeliveryFailed, OSError."""
    try:
        return _posted(channel, endpoint, body, headers)
    except (http.client.HTTPException, ValueError) as error:
        raise DeliveryFailed(Trouble.CUT, type(error).__name__) from error


def _posted(channel: ssl.SSLSocket, endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> str:
    connection = http.client.HTTPConnection(endpoint.host, endpoint.port)
    connection.default_port = 443  # which the Host header then leaves out
    connection.auto_open = 0
    connection.sock = channel
    connection.request("POST", endpoint.target, body, headers)
    response = connection.getresponse()
    status = f"{response.status} {response.reason}".strip()
    if 300 <= response.status < 400:
        raise DeliveryFailed(Trouble.REDIRECT, status)
    answer = b""
    with suppress(OSError, http.client.HTTPException):  # the status has said it already
        answer = response.read1(MOST_ANSWER)
    if not 200 <= response.status < 300:
        raise DeliveryFailed(Trouble.STATUS, status, _text(answer))
    return f"{status}\n{_text(answer)}".strip()


def _text(answer: bytes) -> str:
    return "".join(char if char.isprintable() else " " for char in answer.decode("utf-8", "replace")).strip()
