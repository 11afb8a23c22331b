"""The way out leads to public servers only (SSRF; ASVS 13.2.4, 13.2.5, 15.3.2)."""

import ipaddress
import socket
from typing import Any

import pytest

from config.outbound import AddressRefused, Endpoint, NameUnknown, https_endpoint, is_public, resolved, tls_channel

INSIDE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1"),  # noqa: S104
    *("100.64.0.1", "100.100.100.200", "169.254.1.1", "169.254.169.254", "192.0.0.192", "192.0.2.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    "168.63.129.16",
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:169.254.169.254", "fe80::1"),
    *("fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:808:808::", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "3fff::1", "100::1", "4000::1"),
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "168.63.129.17", "2606:4700:4700::1111", "2400:cb00::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_public_is_refused(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, metadata, and every way to write IPv4 as IPv6."""
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(AddressRefused):
        resolved(Endpoint(address, 443))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_public_is_not(address: str) -> None:
    """The neighbours of the refused ones."""
    assert is_public(ipaddress.ip_address(address))
    assert resolved(Endpoint(address, 443)) == [address]


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001"])
def test_names_and_odd_spellings_of_inside_are_refused(host: str) -> None:
    """What the system's resolver makes of it counts, not how it looks."""
    with pytest.raises((AddressRefused, NameUnknown)):
        resolved(https_endpoint(f"https://{host}/", {443}))


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "ftp://example.com/", "example.com", "//example.com/", "https:///x", "https://", ""),
        *("https://user@example.com/", "https://user:pass@example.com/", "https://@example.com/"),
        *(
            "https://example.com:80/",
            "https://example.com:8443/",
            "https://example.com:0/",
            "https://example.com:99999/",
        ),
        *(
            "https://example.com/#part",
            "https://exa mple.com/",
            "https://example.com/a b",
            "https://example.com/\r\nX: 1",
        ),
        *(
            "https://example.com\\@evil.example/",
            "https://例え.jp/",
            "https://１２７.０.０.１/",
            "https://exam%70le.com/",
        ),
        *("https://[fe80::1%25eth0]/", "https://[::1", "https://-x.example/", "https://a..b/", "https://" + "a" * 999),
        *("https://example.com:443:443/", "https://[example.com]/", "https://exa$mple.com/"),
    ],
)
def test_unusual_addresses_are_refused(url: str) -> None:
    """https, a plain name, an allowed port; no user name, no fragment, nothing that two readers read differently."""
    with pytest.raises(AddressRefused):
        https_endpoint(url, {443})


def test_usual_addresses_are_taken_apart() -> None:
    """Name, port, and what to ask for."""
    assert https_endpoint("https://Logs.Example.com/in?key=1", {443}) == Endpoint("logs.example.com", 443, "/in?key=1")
    assert https_endpoint("https://logs.example.com:8088", {443, 8088}) == Endpoint("logs.example.com", 8088, "/")
    assert https_endpoint("https://[2606:4700::1]/", {443}) == Endpoint("2606:4700::1", 443, "/")


def test_one_inside_address_spoils_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads outside and inside is refused, in whichever order."""
    for addresses in (["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"]):
        monkeypatch.setattr(socket, "getaddrinfo", _answers(addresses))
        with pytest.raises(AddressRefused):
            resolved(Endpoint("both.example", 443))


def test_the_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rebinding: the connection goes to the address that was checked, whatever the next answer would be."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setattr(socket, "getaddrinfo", _answers(["127.0.0.1"], asked))
        loopback = [ipaddress.ip_network("127.0.0.1/32")]
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
        with (
            pytest.raises(TimeoutError),
            tls_channel(Endpoint("once.example", port), allowed=loopback, seconds=0.2),
        ):
            raise AssertionError("nobody answered")
        connection, _address = listener.accept()
        with connection:
            hello = connection.recv(4096)
    assert asked == ["once.example"]
    assert b"once.example" in hello  # the name that the certificate has to prove


def test_an_allowed_network_allows_nothing_else() -> None:
    """FORWARDING_ALLOWED_NETWORKS: one private network, not its neighbours, and not its address written as IPv6."""
    allowed = [ipaddress.ip_network("10.1.0.0/16")]
    assert resolved(Endpoint("10.1.2.3", 443), allowed) == ["10.1.2.3"]
    for address in ("10.2.0.1", "127.0.0.1", "::ffff:10.1.2.3"):
        with pytest.raises(AddressRefused):
            resolved(Endpoint(address, 443), allowed)


def _answers(addresses: list[str], asked: list[str] | None = None) -> Any:
    def getaddrinfo(host: str, port: int, **_kinds: Any) -> list[Any]:
        if asked is not None:
            asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo
