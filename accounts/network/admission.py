"""Whether an address may come in (A4). Asked at every log-in and, together with the session, at every request."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.network.models import AllowedNetwork, NetworkPolicy
from auditlog.context import current_origin


def shut_out() -> Exists:
    """Whether the tenant in scope keeps out the address at hand, for a query that reads something else anyway."""
    return Exists(_keeping_out(current_origin().ip))


def is_shut_out() -> bool:
    """The same, asked by itself."""
    return _keeping_out(current_origin().ip).exists()


def is_listed(address: str | None) -> bool:
    """Whether an entry of the list admits the address, be the list enforced or not."""
    return _admitting(address).exists()


def admitted(column: str) -> Exists:
    """Whether an entry of the list admits the address in that column of the outer query."""
    return Exists(AllowedNetwork.objects.filter(cidr__admits=OuterRef(column)))


def _keeping_out(address: str | None) -> QuerySet[NetworkPolicy]:
    """The policy of the tenant, if it keeps the address out. An address that nobody knows is in no list."""
    enforced = NetworkPolicy.objects.filter(restricted=True).exclude(open_until__gt=timezone.now())
    return enforced.exclude(Exists(_admitting(address)))


def _admitting(address: str | None) -> QuerySet[AllowedNetwork]:
    return AllowedNetwork.objects.filter(cidr__admits=address) if address else AllowedNetwork.objects.none()
