"""Whether an address may come in (A4). Asked at every log-in and, together with the session, at every request."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.network.models import AllowedNetwork, NetworkPolicy
from auditlog.context import current_origin


def shut_out(address: str, now: datetime) -> Exists:
    """Whether the tenant in scope keeps out an address, for a query that reads something else anyway."""
    return Exists(_keeping_out(address, now))


def is_shut_out() -> bool:
    """Whether it keeps out the address at hand, now."""
    return _keeping_out(current_origin().ip, timezone.now()).exists()


def is_listed(address: str | None) -> bool:
    """Whether an entry of the list admits the address, be the list enforced or not."""
    return _admitting(address).exists()


def admitted(column: str) -> Exists:
    """Whether an entry of the list admits the address in that column of the outer query."""
    return Exists(AllowedNetwork.objects.filter(cidr__admits=OuterRef(column)))


def _keeping_out(address: str | None, now: datetime) -> QuerySet[NetworkPolicy]:
    """The policy of the tenant, if it keeps the address out. An address that nobody knows is in no list."""
    enforced = NetworkPolicy.objects.filter(restricted=True).exclude(open_until__gt=now)
    return enforced.exclude(Exists(_admitting(address)))


def _admitting(address: str | None) -> QuerySet[AllowedNetwork]:
    return AllowedNetwork.objects.filter(cidr__admits=address) if address else AllowedNetwork.objects.none()
