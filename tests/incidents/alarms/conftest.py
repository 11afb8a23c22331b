"""Operators in two languages, and a chat."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.conf import LazySettings

from incidents.alarms import channels
from incidents.alarms.models import AlarmChannel
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tests.auditlog.forwarding.receivers import WebhookReceiver, authority_pem, webhook_receiver
from tests.conftest import Cast


class _AnyPort:
    def __contains__(self, port: int) -> bool:
        return True

    def __iter__(self) -> Iterator[int]:
        return iter((443,))


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    """The chat of tests is on this machine."""
    settings.ALARM_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    settings.ALARM_WEBHOOK_PORTS = _AnyPort()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    """A server that takes what is posted."""
    with webhook_receiver() as found:
        yield found


@pytest.fixture
def chat(cast: Cast, provider: Tenant, receiver: WebhookReceiver) -> AlarmChannel:
    """The provider's chat, in Japanese, which posts to the receiver."""
    wanted = channels.Wanted("運用", "ja", receiver.url, authority_pem())
    with tenant_scope(provider.id):
        return channels.add_channel(wanted, actor=cast.operator.actor)
