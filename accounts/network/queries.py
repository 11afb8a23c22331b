"""Reads of allowed networks that more than one place needs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.actions import LOGIN_FAILED
from accounts.network.actions import ADDRESS_REFUSED, OUTSIDE
from accounts.network.models import AllowedNetwork, NetworkPolicy
from accounts.sso.actions import SSO_FAILED
from auditlog.models import AuditEvent
from auditlog.queries import events, events_of_days
from tenants.isolation.transactions import current_connection, platform_transaction

_REFUSED_DAYS, _REFUSED_SHOWN = 30, 10


@dataclass(frozen=True, slots=True)
class Restricted:
    """A company that enforces its list, for operators: that it does, and until when it is open."""

    tenant_id: UUID
    open_until: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is open now."""
        return self.open_until is not None and self.open_until > timezone.now()


def current_restriction() -> NetworkPolicy:
    """The policy of the tenant in scope; one that restricts nothing, unsaved, where it has none."""
    return NetworkPolicy.objects.first() or NetworkPolicy()


def allowed_networks() -> QuerySet[AllowedNetwork]:
    """The list, IPv4 first, by address."""
    return AllowedNetwork.objects.order_by("cidr")


def named_networks() -> list[tuple[str, str]]:
    """The list as networks with their names."""
    return list(allowed_networks().values_list("cidr", "name"))


def find_network(id: UUID) -> AllowedNetwork | None:  # noqa: A002 - it is the id
    """The entry of that key in this tenant."""
    return AllowedNetwork.objects.filter(id=id).first()


def name_of_place(column: str) -> Subquery:
    """The name of the smallest entry that admits the address in that column of the outer query, or NULL."""
    length = Func(F("cidr"), function="masklen", output_field=IntegerField())
    admitting = AllowedNetwork.objects.filter(cidr__admits=OuterRef(column)).order_by(length.desc())
    return Subquery(admitting.values("name")[:1])


def place_of(address: str) -> str:
    """The name of the smallest entry that admits the address; empty when there is none."""
    length = Func(F("cidr"), function="masklen", output_field=IntegerField())
    found = AllowedNetwork.objects.filter(cidr__admits=address).order_by(length.desc()).first()
    return found.name if found else ""


def refused_lately() -> list[AuditEvent]:
    """The last who were refused for their address, from the audit log."""
    actions = [ADDRESS_REFUSED.code, LOGIN_FAILED.code, SSO_FAILED.code]
    recent = events_of_days(events(), _REFUSED_DAYS)
    return list(recent.filter(action__in=actions, after__reason=OUTSIDE)[:_REFUSED_SHOWN])


def restricted_companies() -> list[Restricted]:
    """Every tenant that enforces its list, as the platform role: for operators."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SELECT tenant_id, open_until FROM network_networkpolicy WHERE restricted")
        return [Restricted(*row) for row in cursor.fetchall()]
