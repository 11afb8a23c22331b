"""At least once, in order, nothing left out, whatever the receiver does (G2, G7; ASVS 16.4.3)."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connections
from django.utils import timezone

from auditlog.forwarding import reading
from auditlog.forwarding.destinations import Wanted, change_destination, pause, renew_secret, resume
from auditlog.forwarding.models import Health
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.forwarding.conftest import ADMIN, destine, fresh, run
from tests.auditlog.forwarding.receivers import (
    Behaviour,
    SyslogReceiver,
    WebhookReceiver,
    answer,
    authority_pem,
    drip,
    hang_up,
    syslog_receiver,
    webhook_receiver,
)
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def log_of(tenant: Tenant) -> list[str]:
    """The ids of the whole log in its order."""
    with tenant_transaction(tenant.id):
        rows = AuditEvent.objects.raw("SELECT * FROM auditlog_auditevent ORDER BY transaction_id, at, id")
        return [str(row.id) for row in rows]


def verified(receiver: WebhookReceiver, number: int, secret: str) -> bool:
    """Whether a request is signed with that secret, as docs/audit-forwarding.md tells receivers to find out."""
    got = receiver.received[number]
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in got.headers["webhook-signature"].split(" ")


def test_a_webhook_gets_signed_batches(acme: Tenant, webhook: WebhookReceiver) -> None:
    """G2: what happened since it was added, with itself as the first event; the form is the documented one."""
    write(acme, label="before")
    destination, secret = destine(acme, webhook.url)
    event = write(acme, label="請求書 🧾\n")
    assert run(destination) == 2
    (request,) = webhook.received
    body = json.loads(request.body)
    assert (request.path, body["type"], body["data"]["tenant"]) == ("/audit", "auditlog.events", "ACME")
    assert [each["action"] for each in body["data"]["events"]] == ["auditlog.forwarding.added", "access.denied"]
    sent = body["data"]["events"][1]
    assert sent["id"] == str(event.id)
    assert sent["target"] == {"type": "page", "id": "", "label": "請求書 🧾\n"}
    assert sent["actor"]["user_id"] == "erin"
    assert verified(webhook, 0, secret)
    assert not verified(webhook, 0, "whsec_" + base64.b64encode(bytes(32)).decode())
    assert request.headers["host"] == f"localhost:{webhook.port}"
    assert run(destination) == 0  # and nothing twice
    state = fresh(destination)
    assert (state.health, state.delivered, state.backlog) == (Health.ACTIVE, 2, 0)


def test_syslog_gets_messages_in_frames(acme: Tenant, syslog: SyslogReceiver) -> None:
    """G2: RFC 5424 in RFC 5425, the event as JSON behind the head."""
    destination, _secret = destine(acme, syslog.address, "syslog")
    event = write(acme, label="一 \n<14>1 forged", outcome="denied")
    assert run(destination) == 2
    added, denied = syslog.messages
    assert added.startswith(b"<110>1 ")
    head, _bracket, _rest = denied.partition(b"{")
    when = reading.Position(0, event.at, None).at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert head.decode() == f"<108>1 {when} localhost Sekisho - access.denied - "
    assert b"\n" not in denied
    assert syslog.events[1]["id"] == str(event.id)
    assert syslog.events[1]["tenant"] == "ACME"
    assert fresh(destination).delivered == 2


def test_a_day_without_the_receiver_loses_nothing(acme: Tenant) -> None:
    """G2: the log is the queue. Tries become rare, one failure is recorded, and all comes in order when it is back."""
    with webhook_receiver() as receiver:
        port = receiver.port
    destination, _secret = destine(acme, f"https://localhost:{port}/audit")
    start, tries = timezone.now(), 0
    with time_machine.travel(start, tick=True) as clock:
        while (due := fresh(destination).next_try_at) < start + timedelta(days=1):
            clock.move_to(due)
            run(destination)
            tries += 1
            write(acme, label=f"after try {tries}")
        down = fresh(destination)
        assert (down.health, down.trouble, down.failures) == (Health.FAILING, "unreachable", tries)
        assert 24 <= tries <= 40
        assert down.backlog == 1 + 1 + tries - 1  # its beginning, its failure, and what happened before the last try
        clock.move_to(start + timedelta(days=1, hours=1))
        with webhook_receiver(port=port) as receiver:
            run(destination)
            run(destination)
            assert receiver.ids == log_of(acme)
        actions = [event["action"] for got in receiver.received for event in got.events]
        assert actions.count("auditlog.forwarding.failed") == actions.count("auditlog.forwarding.recovered") == 1
        assert fresh(destination).health is Health.ACTIVE


@pytest.mark.parametrize(
    ("behaviour", "trouble", "detail"),
    [
        (answer(500, b"database down"), "status", "500 Internal Server Error"),
        (answer(404), "status", "404 Not Found"),
        (answer(302, Location="https://localhost/elsewhere"), "redirect", "302 Found"),
        (answer(307, Location="/again"), "redirect", "307 Temporary Redirect"),
        (hang_up, "cut", "BadStatusLine"),
        (drip, "timeout", ""),
    ],
)
def test_what_is_not_confirmed_comes_again(
    acme: Tenant, webhook: WebhookReceiver, settings: LazySettings, behaviour: Behaviour, trouble: str, detail: str
) -> None:
    """G2: only 2xx confirms, no redirect is followed, and one byte now and then keeps nobody busy."""
    settings.FORWARDING_SECONDS = 1
    destination, _secret = destine(acme, webhook.url)
    write(acme)
    webhook.plan = [behaviour]
    run(destination)
    state = fresh(destination)
    assert (state.health, state.trouble, state.trouble_detail, state.delivered) == (Health.WAITING, trouble, detail, 0)
    assert len(webhook.received) == 1
    assert run(destination) == 0  # too early
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert run(destination) == 2
    first, *rest = webhook.received
    assert [event["id"] for got in rest for event in got.events] == [event["id"] for event in first.events]


def test_a_huge_answer_is_not_read(acme: Tenant, webhook: WebhookReceiver) -> None:
    """The status counts; of 50 MB behind it a few kilobytes are read."""
    webhook.usual = answer(200, b"x" * 50_000_000)
    destination, _secret = destine(acme, webhook.url)
    assert run(destination) == 1


def test_a_certificate_of_another_name_is_refused(acme: Tenant) -> None:
    """Who cannot prove the name gets nothing."""
    with webhook_receiver("elsewhere.example") as receiver:
        destination, _secret = destine(acme, receiver.url)
        run(destination)
        assert receiver.received == []
    state = fresh(destination)
    assert state.trouble == "certificate"
    assert "localhost" in state.trouble_detail


def test_a_certificate_of_an_unknown_authority_is_refused(acme: Tenant, webhook: WebhookReceiver) -> None:
    """Without a bundle the authorities of the system count, and ours is none of them."""
    destination, _secret = destine(acme, webhook.url, authorities="")
    run(destination)
    assert (webhook.received, fresh(destination).trouble) == ([], "certificate")


def test_syslog_that_breaks_off_gets_all_again(acme: Tenant, syslog: SyslogReceiver) -> None:
    """RFC 5425 4.4: without the server's own end of the TLS connection nothing is confirmed."""
    destination, _secret = destine(acme, syslog.address, "syslog")
    syslog.cut_after = 100
    run(destination)
    assert fresh(destination).trouble in {"cut", "farewell"}
    syslog.cut_after, syslog.rude = 0, True
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        run(destination)
        assert fresh(destination).trouble == "farewell"
    syslog.messages.clear()
    syslog.rude = False
    with time_machine.travel(timezone.now() + timedelta(minutes=15)):
        run(destination)
    assert [event["id"] for event in syslog.events] == log_of(acme)


def test_syslog_with_another_name_gets_nothing(acme: Tenant) -> None:
    """As for the webhook."""
    with syslog_receiver("elsewhere.example") as receiver:
        destination, _secret = destine(acme, receiver.address, "syslog")
        run(destination)
        assert (receiver.messages, fresh(destination).trouble) == ([], "certificate")


def test_many_events_go_in_batches_of_500(acme: Tenant, webhook: WebhookReceiver) -> None:
    """A backlog is sent in one run, in portions, each confirmed by itself."""
    destination, _secret = destine(acme, webhook.url)
    with tenant_transaction(acme.id):
        AuditEvent.objects.bulk_create(
            AuditEvent(kind="data", action="access.denied", actor_kind="user", target_label=f"{number}")
            for number in range(1300)
        )
    assert run(destination) == 1301
    assert [len(got.events) for got in webhook.received] == [500, 500, 301]
    assert webhook.ids == log_of(acme)


def test_large_events_make_smaller_batches(acme: Tenant, webhook: WebhookReceiver) -> None:
    """A body stays near 1 MB, and one event that is larger goes alone."""
    destination, _secret = destine(acme, webhook.url)
    with tenant_transaction(acme.id):
        for size in (400_000, 400_000, 400_000, 1_500_000):
            AuditEvent.objects.create(kind="data", action="x", actor_kind="user", after={"text": "x" * size})
    assert run(destination) == 5
    assert [len(got.events) for got in webhook.received] == [3, 1, 1]
    assert webhook.ids == log_of(acme)


def test_chosen_kinds_alone_are_sent(acme: Tenant, webhook: WebhookReceiver) -> None:
    """G4: the others are passed over, and looked at once."""
    destination, _secret = destine(acme, webhook.url, kinds=("data",))
    write(acme)
    with tenant_transaction(acme.id):
        wanted = AuditEvent.objects.create(kind="data", action="x", actor_kind="user")
    assert run(destination) == 1
    assert webhook.ids == [str(wanted.id)]
    state = fresh(destination)
    write(acme)
    run(destination)
    assert fresh(destination).transaction_id > state.transaction_id
    assert len(webhook.received) == 1


def test_a_destination_may_begin_in_the_past(acme: Tenant, webhook: WebhookReceiver) -> None:
    """From a chosen time on, not before."""
    write(acme, label="old", at=timezone.now() - timedelta(hours=2))
    recent = write(acme, label="recent", at=timezone.now() - timedelta(hours=1))
    destination, _secret = destine(acme, webhook.url, since=timezone.now() - timedelta(minutes=90))
    assert run(destination) == 2
    assert webhook.ids[0] == str(recent.id)


def test_two_secrets_sign_for_a_day(acme: Tenant, webhook: WebhookReceiver) -> None:
    """Standard Webhooks: while receivers change over, either secret verifies; then only the new one."""
    destination, old = destine(acme, webhook.url)
    with tenant_transaction(acme.id):
        new = renew_secret(destination, actor=ADMIN)
    run(destination)
    assert verified(webhook, 0, old)
    assert verified(webhook, 0, new)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        write(acme)
        run(destination)
    assert not verified(webhook, 1, old)
    assert verified(webhook, 1, new)


def test_paused_means_paused_and_resumed_goes_on(acme: Tenant, webhook: WebhookReceiver) -> None:
    """G2: the position stays, and what happened meanwhile follows."""
    destination, _secret = destine(acme, webhook.url)
    run(destination)
    with tenant_transaction(acme.id):
        pause(destination, actor=ADMIN)
    write(acme)
    assert run(destination) == 0
    with tenant_transaction(acme.id):
        resume(destination, actor=ADMIN)
    run(destination)
    assert webhook.ids == log_of(acme)


def test_a_change_during_a_delivery_sends_the_batch_again(acme: Tenant, webhook: WebhookReceiver) -> None:
    """What was confirmed to the old settings is not taken as confirmed under the new ones."""
    destination, _secret = destine(acme, webhook.url)

    def change(handler: object) -> None:
        with tenant_transaction(acme.id):
            wanted = Wanted("SIEM 2", webhook.url, authority_pem())
            change_destination(destination, wanted, actor=ADMIN)
        connections.close_all()  # this thread's
        answer()(handler)  # type: ignore[arg-type]

    webhook.plan = [change]
    run(destination)
    assert fresh(destination).delivered == 0
    run(destination)
    first, second = webhook.received
    assert second.events[: len(first.events)] == first.events
    assert fresh(destination).delivered == 2


def test_tenants_do_not_meet(acme: Tenant, globex: Tenant, webhook: WebhookReceiver) -> None:
    """T1: each destination gets its own company's log and nothing else, and neither sees the other's rows."""
    mine, _secret = destine(acme, webhook.url)
    write(acme, label="ours")
    with webhook_receiver() as other:
        theirs, _secret = destine(globex, other.url)
        write(globex, label="theirs")
        before = fresh(theirs)
        run(mine)
        assert webhook.ids == log_of(acme)
        assert {json.loads(got.body)["data"]["tenant"] for got in webhook.received} == {"ACME"}
        unchanged = fresh(theirs)
        assert vars(unchanged) | {"_state": None} == vars(before) | {"_state": None}
        run(theirs)
        assert other.ids == log_of(globex)
    assert not set(webhook.ids) & set(other.ids)
