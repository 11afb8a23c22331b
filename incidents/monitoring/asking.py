"""Questions to a web server from outside: does it answer, how quickly, and how long is its certificate good (N9).

Needs neither database nor broker nor a session, so that it can run elsewhere.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit

from cryptography import x509

SECONDS = 10.0
_AGENT = "sekisho-probe"
_MOST = 100_000  # bytes of an answer that are read


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, and after how many seconds. Without an answer `status` is 0 and `error` says why."""

    status: int
    body: bytes
    seconds: float
    error: str = ""


def ask(url: str, path: str, *, headers: Mapping[str, str] | None = None, seconds: float = SECONDS) -> Answer:
    """Ask for one page and follow nothing; a server that does not prove its name has not answered."""
    began = monotonic()
    connection = _connection(url, seconds)
    try:
        connection.request("GET", path, headers={"User-Agent": _AGENT, "Accept": "*/*", **(headers or {})})
        response = connection.getresponse()
        body = response.read(_MOST)
        return Answer(response.status, body, monotonic() - began)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, b"", monotonic() - began, _said(error))
    finally:
        connection.close()


def certificate_end(url: str, *, seconds: float = SECONDS) -> datetime | None:
    """Until when the server's certificate is good, be it trusted or not; None for an address without TLS.

    Raises OSError when there is no server, or none that speaks TLS.
    """
    parts = urlsplit(url)
    if parts.scheme != "https":
        return None
    # One that is over, or that nobody trusts, must be read all the same: to say so is what this is for.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = parts.hostname or ""
    with (
        socket.create_connection((host, parts.port or 443), timeout=seconds) as raw,
        context.wrap_socket(raw, server_hostname=host) as channel,
    ):
        certificate = channel.getpeercert(binary_form=True)
    if certificate is None:
        raise ssl.SSLError("the server has shown no certificate")
    return x509.load_der_x509_certificate(certificate).not_valid_after_utc


def days_left(end: datetime, now: datetime | None = None) -> float:
    """Days until then; less than nothing when it is over."""
    return (end - (now or datetime.now(UTC))).total_seconds() / 86_400


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=seconds)


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    return f"{type(error).__name__}: {error}"[:200]
