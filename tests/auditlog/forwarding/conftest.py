"""Destinations of ACME and of GLOBEX, and receivers for them."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings

from auditlog.actors import Actor, ActorKind
from auditlog.forwarding.destinations import Wanted, add_destination
from auditlog.forwarding.models import Destination, DestinationKind
from auditlog.forwarding.sending import forward
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.forwarding.receivers import (
    SyslogReceiver,
    WebhookReceiver,
    authority_pem,
    syslog_receiver,
    webhook_receiver,
)
from tests.auditlog.sealing.conftest import wait_for_other_databases

ADMIN = Actor(ActorKind.USER, "alice", "Alice", new_id())
WORKER = Actor.system("audit forwarding")

Destine = Callable[..., tuple[Destination, str]]


class _AnyPort:
    """Receivers of tests are at ports that the system chose."""

    def __contains__(self, port: int) -> bool:
        return True

    def __iter__(self) -> Iterator[int]:
        return iter((443,))


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    """Receivers on this machine are allowed, and time is short."""
    settings.FORWARDING_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    settings.FORWARDING_WEBHOOK_PORTS = settings.FORWARDING_SYSLOG_PORTS = _AnyPort()
    settings.FORWARDING_SECONDS = 5


@pytest.fixture
def webhook() -> Iterator[WebhookReceiver]:
    """An HTTPS server that takes everything."""
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def syslog() -> Iterator[SyslogReceiver]:
    """A syslog server that takes everything."""
    with syslog_receiver() as receiver:
        yield receiver


def destine(tenant: Tenant, address: str, kind: str = "webhook", **options: Any) -> tuple[Destination, str]:
    """A destination of the tenant, and its secret."""
    since = options.pop("since", None)
    wanted = Wanted(**{"name": "SIEM", "address": address, "authorities": authority_pem()} | options)
    with tenant_transaction(tenant.id):
        return add_destination(DestinationKind(kind), wanted, since=since, actor=ADMIN)


def run(destination: Destination) -> int:
    """One run of a worker for the destination."""
    wait_for_other_databases()
    with tenant_scope(destination.tenant_id):
        return forward(destination.id, actor=WORKER)


def fresh(destination: Destination) -> Destination:
    """The row as it is now."""
    with tenant_transaction(destination.tenant_id):
        return Destination.objects.get(id=destination.id)
