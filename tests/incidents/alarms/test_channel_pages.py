"""The page of chats and alarms (N9)."""

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from auditlog.actors import Actor
from auditlog.queries import events
from incidents.alarms.models import AlarmChannel
from incidents.alarms.services import raise_alarm
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import page_of
from tests.auditlog.forwarding.receivers import WebhookReceiver, authority_pem
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CHANNELS = "/operator/monitoring/channels/"


def alarm(number: int) -> None:
    """Raise one."""
    raise_alarm(
        f"test {number}",
        menu="operator.monitoring",
        subject_ja=f"アラーム{number}",
        subject_en=f"Alarm {number}",
        body_ja="本文",
        body_en="Text",
        link="/operator/",
        actor=Actor.system("tests"),
    )


@pytest.fixture
def client(cast: Cast) -> Client:
    """The operator's browser."""
    return cast.operator.client()


def test_a_chat_is_added_tested_switched_off_and_removed(
    cast: Cast, provider: Tenant, client: Client, receiver: WebhookReceiver
) -> None:
    """N9: the address never comes back; what the chat answers is told; every step is in the log."""
    entered = {"name": "Slack", "address": "http://localhost/", "language": "en", "authorities": authority_pem()}
    assert "begins with https" in client.post(f"{CHANNELS}new/", entered).content.decode()
    client.post(f"{CHANNELS}new/", entered | {"address": receiver.url})
    with platform_transaction():
        channel = AlarmChannel.objects.get()
    assert "Not tested yet" in page_of(client, CHANNELS)
    tested = client.post(f"{CHANNELS}{channel.id}/test/", follow=True).content.decode()
    assert "The test is in the chat Slack." in tested
    assert "Takes alarms" in tested
    again = client.post(f"{CHANNELS}{channel.id}/test/", follow=True).content.decode()
    assert "Wait some seconds" in again
    assert receiver.url not in page_of(client, f"{CHANNELS}{channel.id}/")
    renamed = entered | {"name": "Slack 2", "address": ""}  # which keeps the address
    client.post(f"{CHANNELS}{channel.id}/", renamed)
    client.post(f"{CHANNELS}{channel.id}/switch/")
    assert "Switched off" in page_of(client, CHANNELS)
    alarm(1)
    assert len(receiver.received) == 1  # the test alone
    client.post(f"{CHANNELS}{channel.id}/switch/")
    alarm(2)
    assert len(receiver.received) == 2
    assert "Remove the chat Slack 2?" in page_of(client, f"{CHANNELS}{channel.id}/remove/")
    client.post(f"{CHANNELS}{channel.id}/remove/")
    with platform_transaction():
        assert not AlarmChannel.objects.exists()
    with tenant_transaction(provider.id):
        log = [event.action.rpartition(".")[2] for event in events().filter(action__startswith="incidents.channel")]
    assert log[::-1] == ["added", "tested", "changed", "changed", "changed", "removed"]


def test_alarms_are_listed_with_what_became_of_them(client: Client, cast: Cast) -> None:
    """N9: as often asked for thirty as for one."""
    counts = []
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            alarm(number)
        page_of(client, CHANNELS)
        with (
            CaptureQueriesContext(connections["platform"]) as platform,
            CaptureQueriesContext(connections["default"]) as default,
        ):
            shown = page_of(client, CHANNELS)
        counts.append((len(platform), len(default)))
    assert counts[0] == counts[1]
    assert "Alarm 29" in shown
    assert "Monitoring" in shown
