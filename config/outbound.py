"""The way out to addresses that customers name: to public servers only, by TLS, to the very address that was checked.

A server inside the provider's network trusts requests that come from its neighbours, so whoever may name an address
must not reach it through us (SSRF; ASVS 13.2.4, 13.2.5, 15.3.2). The name is resolved once; if any of its addresses is
not public, all are refused; the connection goes to one of these and asks no resolver again (no rebinding). Variables of
the environment that name proxies are not looked at.
"""

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE | re.ASCII)
_PRINTABLE = re.compile(r"[\x21-\x7e]*")
_LONGEST = 1000

# The special-purpose registries of IANA (RFC 6890), written out: `is_global` changes with the version of Python.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # public by number, but the metadata service of Azure
        "2001::/23",  # protocols, with Teredo in it, which carries an IPv4 address
        "2001:db8::/32", "2002::/16", "3fff::/20",  # examples, 6to4, examples
    )
)  # fmt: skip
# Everything else of IPv6 is something special: loopback, private (fc00::/7), link-local, multicast, IPv4 in the clothes
# of IPv6 (::ffff:0:0/96, 64:ff9b::/96).
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")


class AddressRefused(ValueError):  # noqa: N818 - reads as the statement it is
    """The address is none that we connect to. The text is for people who know networks, not for pages."""


class NameUnknown(OSError):  # noqa: N818
    """No server goes by that name."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect to: a name (or an address), a port, and for HTTP what to ask for there."""

    host: str
    port: int
    target: str = "/"


def https_endpoint(url: str, ports: Collection[int]) -> Endpoint:
    """The endpoint of an address that begins with https. Raises AddressRefused for anything unusual about it."""
    if len(url) > _LONGEST or not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise AddressRefused("characters that no address has")
    try:
        parts = urlsplit(url)
        port = 443 if parts.port is None else parts.port
    except ValueError as error:
        raise AddressRefused("no address") from error
    if parts.scheme != "https" or "@" in parts.netloc or parts.fragment:
        raise AddressRefused("https only, without a user name or a fragment")
    return Endpoint(
        *checked_host(parts.hostname or "", port, ports),
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def checked_host(host: str, port: int, ports: Collection[int]) -> tuple[str, int]:
    """The host and the port, if they look like ones. Raises AddressRefused."""
    if port not in ports:
        raise AddressRefused(f"port {port}")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        if len(host) > 253 or not _NAME.fullmatch(host):
            raise AddressRefused("no name of a host") from None
        return host.lower(), port
    if isinstance(literal, ipaddress.IPv6Address) and literal.scope_id:
        raise AddressRefused("an address with a zone")
    return str(literal), port


def is_public(address: Address) -> bool:
    """Whether packets to it leave for a server that everybody may reach."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _PUBLIC_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def resolved(endpoint: Endpoint, allowed: Collection[Network] = ()) -> list[str]:
    """The addresses of a host, all of them public or in an allowed network. Raises AddressRefused, NameUnknown."""
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise NameUnknown(str(error)) from error
    addresses = list(dict.fromkeys(str(place[0]) for *_rest, place in found))
    for text in addresses:
        address = ipaddress.ip_address(text)
        if not is_public(address) and not any(address in network for network in allowed):
            raise AddressRefused(f"{endpoint.host} is at {address}")
    return addresses


@contextmanager
def tls_channel(
    endpoint: Endpoint, *, allowed: Collection[Network] = (), authorities: str = "", seconds: float
) -> Iterator[ssl.SSLSocket]:
    """A connection to a server that has proved its name. After so many seconds it is cut, whatever goes on then.

    `authorities` are certificates (PEM) that are trusted in place of the system's. Raises AddressRefused, NameUnknown,
    TimeoutError, ssl.SSLError, OSError.
    """
    ends = monotonic() + seconds
    context = _context(authorities)
    raw = _connected(resolved(endpoint, allowed), endpoint.port, ends)
    channel = context.wrap_socket(raw, server_hostname=endpoint.host, do_handshake_on_connect=False)
    overdue = threading.Event()

    def cut() -> None:
        # A limit on each read alone would let a server send one byte now and then for ever.
        overdue.set()
        with suppress(OSError):
            socket.socket.shutdown(channel, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, ends - monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        channel.do_handshake()
        yield channel
    except Exception as error:
        if overdue.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        channel.close()


def _context(authorities: str) -> ssl.SSLContext:
    """Names and chains are verified, always; no file of keys, which SSLKEYLOGFILE would make of a default context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities:
        context.load_verify_locations(cadata=authorities)
    else:
        context.load_default_certs()
    return context


def _connected(addresses: list[str], port: int, ends: float) -> socket.socket:
    failure: OSError = TimeoutError()
    for number, address in enumerate(addresses):
        # What is left is shared among the addresses that are left.
        wait = (ends - monotonic()) / (len(addresses) - number)
        if wait <= 0:
            break
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        raw = socket.socket(family, socket.SOCK_STREAM)
        raw.settimeout(wait)
        try:
            raw.connect((address, port))
        except OSError as error:
            raw.close()
            failure = error
        else:
            raw.settimeout(max(0.1, ends - monotonic()))
            return raw
    raise failure
