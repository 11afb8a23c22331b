"""Where an address is, without a map: the network that it is in, or the company's own name for the place (G9).

There is no table of countries here, and none that would be right for long. What comes near one is how addresses are
given out: 65,536 IPv4 addresses (/16) or one provider's IPv6 block (/32) seldom lie in two places.
"""

import ipaddress
from collections.abc import Callable, Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WIDE = {4: 16, 6: 32}
_NARROW = {4: 24, 6: 64}


def wide_network(address: str) -> str:
    """The network that stands for the country: /16 of IPv4, /32 of IPv6."""
    return _network(address, _WIDE)


def narrow_network(address: str) -> str:
    """The network that stands for one place: /24 of IPv4, /64 of IPv6."""
    return _network(address, _NARROW)


def _network(address: str, lengths: dict[int, int]) -> str:
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((parsed, lengths[parsed.version]), strict=False))


# --- The company's own names for places ----------------------------------------------------------------------------
_named: list[Callable[[], Iterable[tuple[str, str]]]] = []


def name_places_by(source: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Let watching ask there for the networks of the tenant in scope, each with its name."""
    _named.append(source)


class Places:
    """The places of the tenant in scope; asks once."""

    def __init__(self) -> None:
        known = [(ipaddress.ip_network(cidr), name) for source in _named for cidr, name in source()]
        self._known = sorted(known, key=lambda each: -each[0].prefixlen)

    def of(self, address: str) -> str:
        """The company's name for the place; otherwise the wide network."""
        parsed = ipaddress.ip_address(address)
        named = (name for network, name in self._known if parsed in network)
        return next(named, wide_network(address))
