"""Delivery by syslog over TLS: messages of RFC 5424 in the frames of RFC 5425.

Syslog has no acknowledgement. What counts as one here: everything was written, and the server answered the end of the
connection with its own (close_notify), as RFC 5425 section 4.4 demands of it. That says that its TLS has read all of
it, not that it is on its disk; a server that dies in between can lose what it has taken.
"""

import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from auditlog.forwarding.models import Destination
from auditlog.forwarding.payloads import syslog_line
from auditlog.forwarding.trouble import DeliveryFailed, Trouble
from config.outbound import AddressRefused, Endpoint, checked_host, tls_channel

DEFAULT_PORT = 6514


def syslog_endpoint(address: str) -> Endpoint:
    """The endpoint of `host:port`; the port may be left out. Raises AddressRefused."""
    try:
        parts = urlsplit(f"//{address}")
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise AddressRefused("no address") from error
    if not parts.hostname or "@" in address or parts.netloc != address:
        raise AddressRefused("a host and a port, nothing else")
    return Endpoint(*checked_host(parts.hostname, port, settings.FORWARDING_SYSLOG_PORTS))


def deliver(destination: Destination, company_code: str, events: Sequence[bytes]) -> str:
    """Send events; what to tell of the answer. Raises DeliveryFailed, and what `tls_channel` raises."""
    lines = b"".join(syslog_line(event, company_code=company_code) for event in events)
    with tls_channel(
        syslog_endpoint(destination.address),
        allowed=settings.FORWARDING_ALLOWED_NETWORKS,
        authorities=destination.authorities,
        seconds=settings.FORWARDING_SECONDS,
    ) as channel:
        channel.sendall(lines)
        try:
            channel.unwrap()
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError) as error:
            raise DeliveryFailed(Trouble.FAREWELL) from error
    return _("Everything was written, and the server ended the connection cleanly.")
