"""One delivery over the wire of whichever kind, with everything that can go wrong put into a word."""

import errno
import ssl
from collections.abc import Sequence

from auditlog.forwarding import syslog, webhook
from auditlog.forwarding.models import Destination, DestinationKind
from auditlog.forwarding.payloads import EVENTS
from auditlog.forwarding.trouble import DeliveryFailed, Trouble
from config.outbound import AddressRefused, NameUnknown

_UNREACHABLE = {errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH}


def deliver(destination: Destination, company_code: str, events: Sequence[bytes], *, kind: str = EVENTS) -> str:
    """Send events and return what the receiver answered; it has confirmed them then. Raises DeliveryFailed.

    Call it with no transaction open: it takes as long as FORWARDING_SECONDS.
    """
    try:
        if destination.kind == DestinationKind.WEBHOOK:
            return webhook.deliver(destination, company_code, events, kind=kind)
        return syslog.deliver(destination, company_code, events)
    except (AddressRefused, OSError) as error:
        raise DeliveryFailed(*told(error)) from error


def told(error: Exception) -> tuple[Trouble, str]:
    """What an error of the way out is called, and its short detail."""
    if isinstance(error, AddressRefused):
        return Trouble.ADDRESS, ""  # whose text names addresses of networks that are none of the customer's business
    if isinstance(error, NameUnknown):
        return Trouble.NAME, ""
    if isinstance(error, TimeoutError):
        return Trouble.TIMEOUT, ""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trouble.CERTIFICATE, error.verify_message
    if isinstance(error, ssl.SSLEOFError):
        return Trouble.CUT, ""
    if isinstance(error, ssl.SSLError):
        return Trouble.TLS, error.reason or ""
    is_unreachable = isinstance(error, OSError) and error.errno in _UNREACHABLE
    return (Trouble.UNREACHABLE if is_unreachable else Trouble.CUT), ""
