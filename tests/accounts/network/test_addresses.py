"""What counts as a network, and which addresses lie in it (A4)."""

import contextlib
import ipaddress

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.network.addresses import parse_network
from accounts.network.admission import is_listed
from accounts.network.models import AllowedNetwork
from auditlog.middleware import normal_address
from tenants.models import Tenant

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        (" 203.0.113.5 ", "203.0.113.5/32"),
        ("２０３．０．１１３．５／３２", "203.0.113.5/32"),
        ("2001:DB8:0::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("::ffff:203.0.113.5", "203.0.113.5/32"),
        ("0.0.0.0/1", "0.0.0.0/1"),
    ],
)
def test_a_network_is_stored_in_one_form(typed: str, stored: str) -> None:
    """A4: full-width digits from Japanese input, IPv4 in the clothes of IPv6, capital letters."""
    assert parse_network(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("", "/", "office", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113.0/255.255.255.0", "10.0.0.0/0.255.255.255"),
        *("203.0.113", "203.0.113.010", "fe80::1%eth0", "203.0.113.0/24/8", "203.0.113.0 /24 x", "1" * 500, "0x7f.1"),
        *("::/129", "3405803776", "203.0.113.0/٢"),
    ],
)
def test_nonsense_is_refused(typed: str) -> None:
    """A4: with what to write instead, never with an error of a library."""
    with pytest.raises(ValidationError) as refusal:
        parse_network(typed)
    assert refusal.value.code == "network"
    assert "203.0.113.0/24" in refusal.value.messages[0]


@pytest.mark.parametrize("typed", ["203.0.113.5/24", "2001:db8::1/64", "::ffff:203.0.113.5/120"])
def test_host_bits_are_refused_with_both_readings(typed: str) -> None:
    """A4: a network is never made wider than its author saw."""
    with pytest.raises(ValidationError) as refusal:
        parse_network(typed)
    assert refusal.value.code == "host_bits"
    assert typed.partition("/")[0] + " alone" in refusal.value.messages[0]


@pytest.mark.parametrize("typed", ["0.0.0.0/0", "::/0", "::ffff:0:0/96"])
def test_everybody_is_no_network(typed: str) -> None:
    """A4: a list that admits everybody restricts nothing and looks as if it did."""
    with pytest.raises(ValidationError) as refusal:
        parse_network(typed)
    assert refusal.value.code == "everybody"


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Any network but the whole of a family."""
    bits = draw(st.sampled_from([32, 128]))
    length = draw(st.integers(1, bits))
    number = draw(st.integers(0, 2**bits - 1)) >> (bits - length) << (bits - length)
    family = ipaddress.IPv4Network if bits == 32 else ipaddress.IPv6Network
    return family((number, length))


@st.composite
def visits(draw: st.DrawFn) -> tuple[Network, str]:
    """A network, and an address at its edge, near it or anywhere."""
    network = draw(networks())
    first, last = int(network.network_address), int(network.broadcast_address)
    near = st.sampled_from([first - 1, first, first + 1, last - 1, last, last + 1])
    number = draw(st.one_of(near, st.integers(0, 2**network.max_prefixlen - 1))) % 2**network.max_prefixlen
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    address = kind(number)
    if isinstance(address, ipaddress.IPv4Address) and draw(st.booleans()):
        return network, f"::ffff:{address}"
    return network, str(address)


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visit=visits())
def test_the_database_finds_what_the_standard_library_finds(visit: tuple[Network, str], inside_acme: Tenant) -> None:
    """A4: the edges of every length, both families, and IPv4 mapped into IPv6 on either side."""
    network, typed = visit
    address = normal_address(typed)
    assert address is not None
    with transaction.atomic():
        stored = AllowedNetwork.objects.create(name="x", cidr=parse_network(str(network)))
        found = is_listed(address)
        stored.delete()
    listed = ipaddress.ip_network(parse_network(str(network)))
    assert found is (ipaddress.ip_address(address) in listed)


@given(text=st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_a_network_or_a_complaint(text: str) -> None:
    """A4: and whatever a proxy says is an address or nothing."""
    with contextlib.suppress(ValidationError):
        assert str(ipaddress.ip_network(parse_network(text))) == parse_network(text)
    address = normal_address(text)
    assert address is None or str(ipaddress.ip_address(address)) == address


@pytest.mark.django_db
def test_the_database_itself_refuses_host_bits(inside_acme: Tenant) -> None:
    """A4: whichever way a row comes."""
    with pytest.raises(DataError), transaction.atomic():
        AllowedNetwork.objects.create(name="x", cidr="203.0.113.5/24")
