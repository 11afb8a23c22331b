"""What people type for a network, and the one text by which it is stored (A4)."""

import ipaddress
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_MAPPED_BITS = 96  # ::ffff:0:0/96 is IPv4 in the clothes of IPv6


def parse_network(text: str) -> str:
    """The canonical text of a network or of a single address. Raises ValidationError with what to do about it.

    IPv4 networks mapped into IPv6 become IPv4, because addresses of visitors do as well. A network with host bits is
    refused rather than widened: only its author knows whether one address was meant or all of them.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    address, slash, length = typed.partition("/")
    try:
        if "%" in typed or (slash and not (length.isascii() and length.isdigit())):
            raise ValueError(typed)
        interface = ipaddress.ip_interface(typed)
    except ValueError as error:
        message = _("“%(text)s” is no network. Write it like 203.0.113.0/24, 2001:db8:1::/48 or 203.0.113.5.")
        raise ValidationError(message % {"text": typed[:60]}, code="network") from error
    network = _unmapped(interface.network)
    if not network.prefixlen:
        message = _("This is every address there is. Switch the restriction off instead.")
        raise ValidationError(message, code="everybody")
    if slash and interface.ip != interface.network.network_address:
        message = _("%(text)s is an address inside a network. Write %(network)s for the network, or %(address)s alone.")
        values = {"text": typed, "network": str(network), "address": address}
        raise ValidationError(message % values, code="host_bits")
    return str(network)


def _unmapped(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if not isinstance(network, ipaddress.IPv6Network) or network.prefixlen < _MAPPED_BITS:
        return network
    mapped = network.network_address.ipv4_mapped
    return ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED_BITS)) if mapped else network
