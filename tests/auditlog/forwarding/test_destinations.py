"""Setting destinations up (G2, G10): rules, records, secrets."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.utils import timezone

from auditlog.forwarding.backoff import LONGEST, wait_after
from auditlog.forwarding.destinations import (
    Wanted,
    add_destination,
    change_destination,
    remove_destination,
    renew_secret,
    resume,
    send_test,
)
from auditlog.forwarding.destinations import pause as pause_destination
from auditlog.forwarding.models import MOST_DESTINATIONS, Destination, DestinationKind, Health, SigningSecret
from auditlog.forwarding.queries import due
from auditlog.forwarding.tasks import forward_due
from auditlog.models import AuditEvent
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.auditlog.conftest import write
from tests.auditlog.forwarding.conftest import ADMIN, destine, fresh, run
from tests.auditlog.forwarding.receivers import SyslogReceiver, WebhookReceiver, answer
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.backups.processes import table_locked
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PUBLIC = "https://logs.example.com/in?key=hidden"


def recorded(tenant: Tenant) -> list[AuditEvent]:
    """What the log says of destinations, in order."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action__startswith="auditlog.forwarding.").order_by("at", "id"))


def test_every_change_is_recorded(acme: Tenant) -> None:
    """G10: by whom and what, with neither a secret nor what stands behind the question mark of an address."""
    destination, secret = destine(acme, PUBLIC)
    with tenant_transaction(acme.id):
        change_destination(destination, Wanted("Splunk", PUBLIC, kinds=("login",)), actor=ADMIN)
        change_destination(destination, Wanted("Splunk", PUBLIC, kinds=("login",)), actor=ADMIN)
        change_destination(destination, Wanted("Splunk", PUBLIC + "2", kinds=("login",)), actor=ADMIN)
        pause_destination(destination, actor=ADMIN)
        pause_destination(destination, actor=ADMIN)
        resume(destination, actor=ADMIN)
        renewed = renew_secret(destination, actor=ADMIN)
        remove_destination(destination, actor=ADMIN)
    events = recorded(acme)
    names = ["added", "changed", "changed", "paused", "resumed", "secret_renewed", "removed"]
    assert [event.action.rpartition(".")[2] for event in events] == names
    assert {event.kind for event in events} == {"rights"}
    assert {event.actor_user_id for event in events} == {"alice"}
    changes = {"name": "SIEM", "kinds": [], "authorities": 1}
    assert events[1].before == changes
    assert set(events[2].before or {}) == set(events[2].after or {}) == {"address"}  # although it looks the same
    text = str([(event.before, event.after) for event in events])
    for hidden in ("hidden", secret, renewed):
        assert hidden not in text
    with tenant_transaction(acme.id):
        assert (Destination.objects.count(), SigningSecret.objects.count()) == (0, 0)


def test_three_at_most(acme: Tenant) -> None:
    """And each has a name of its own."""
    for number in range(MOST_DESTINATIONS):
        destine(acme, PUBLIC, name=f"SIEM {number}")
    with pytest.raises(ValidationError, match="3 destinations at most"):
        destine(acme, PUBLIC, name="One more")
    with tenant_transaction(acme.id), pytest.raises(ValidationError, match="Another destination has this name"):
        change_destination(Destination.objects.get(name="SIEM 0"), Wanted("SIEM 1", PUBLIC), actor=ADMIN)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("webhook", {"address": "http://logs.example.com/"}),
        ("webhook", {"address": "https://logs.example.com:8443/"}),
        ("webhook", {"name": " "}),
        ("webhook", {"kinds": ("nonsense",)}),
        ("webhook", {"authorities": "not a certificate"}),
        ("webhook", {"authorities": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}),
        ("syslog", {"address": "https://logs.example.com/"}),
        ("syslog", {"address": "logs.example.com:514"}),
        ("syslog", {"address": "user@logs.example.com"}),
        ("syslog", {"address": "logs.example.com/path"}),
    ],
)
def test_wrong_entries_are_refused_at_their_field(
    acme: Tenant, settings: LazySettings, kind: str, wrong: dict[str, str]
) -> None:
    """With a sentence that says what to do."""
    settings.FORWARDING_WEBHOOK_PORTS, settings.FORWARDING_SYSLOG_PORTS = [443], [6514]
    right = {"name": "SIEM", "address": PUBLIC if kind == "webhook" else "logs.example.com"}
    with tenant_transaction(acme.id), pytest.raises(ValidationError) as refused:
        add_destination(DestinationKind(kind), Wanted(**(right | wrong)), actor=ADMIN)
    assert set(refused.value.message_dict) == set(wrong)


def test_secrets_are_sealed(acme: Tenant) -> None:
    """ASVS 13.3: in the database there is nothing that signs."""
    _destination, secret = destine(acme, PUBLIC)
    with tenant_transaction(acme.id):
        (row,) = SigningSecret.objects.all()
    assert secret.startswith("whsec_")
    assert bytes(row.secret_sealed).hex() not in secret
    assert len(bytes(row.secret_sealed)) > 32


def test_a_test_tells_what_was_answered(acme: Tenant, webhook: WebhookReceiver) -> None:
    """One message that is no event of the log; on record, and not again within seconds."""
    webhook.plan = [answer(403, b"who are you\x1b[0m?")]
    destination, _secret = destine(acme, webhook.url)
    with tenant_scope(acme.id):
        refused = send_test(destination, actor=ADMIN)
        assert (refused.ok, refused.trouble, refused.answer) == (False, "status", "403 Forbidden who are you [0m?")
        with pytest.raises(ValidationError, match="Wait some seconds"):
            send_test(destination, actor=ADMIN)
        with time_machine.travel(timezone.now() + timedelta(seconds=11)):
            taken = send_test(destination, actor=ADMIN)
    assert (taken.ok, taken.answer) == (True, "200 OK\ntaken")
    assert b'"type":"auditlog.test"' in webhook.received[1].body
    assert [event.outcome for event in recorded(acme)[1:]] == ["failure", "success"]
    assert fresh(destination).transaction_id == 0


def test_syslog_can_be_tested(acme: Tenant, syslog: SyslogReceiver) -> None:
    """The same by syslog."""
    destination, _secret = destine(acme, syslog.address, "syslog")
    with tenant_scope(acme.id):
        assert send_test(destination, actor=ADMIN).ok
    (message,) = syslog.messages
    assert b" auditlog.test - " in message


def test_failures_are_recorded_once(acme: Tenant, webhook: WebhookReceiver) -> None:
    """The log does not fill itself: one event when it fails for good, one when it works again."""
    webhook.usual = answer(500)
    destination, _secret = destine(acme, webhook.url)
    for number in range(6):
        with time_machine.travel(timezone.now() + timedelta(hours=1 + 2 * number)):
            run(destination)
    assert [event.action for event in recorded(acme)[1:]] == ["auditlog.forwarding.failed"]
    webhook.usual = answer()
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        for _number in range(3):
            run(destination)
    assert [event.action for event in recorded(acme)[2:]] == ["auditlog.forwarding.recovered"]
    assert webhook.ids[-1] == str(recorded(acme)[-1].id)


def test_waits_grow_to_an_hour_and_differ() -> None:
    """Backoff with jitter: never longer than said, and not all receivers' clients at once."""
    for failures, seconds in ((1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (100, 3600)):
        waits = {wait_after(failures).total_seconds() for _number in range(100)}
        assert 0.8 * seconds <= min(waits) < max(waits) <= seconds
    assert timedelta(hours=1) == LONGEST


def test_what_ran_out_is_told(acme: Tenant, webhook: WebhookReceiver) -> None:
    """G5: after a pause that was longer than retention, once a day, in the log that is forwarded."""
    destination, _secret = destine(acme, webhook.url)
    run(destination)
    with tenant_transaction(acme.id):
        AuditEvent.objects.create(kind="trace", action="x", actor_kind="user", retention_class="d30")
        Destination.objects.update(position_at=timezone.now() - timedelta(days=40))
    run(destination)
    write(acme)
    with tenant_transaction(acme.id):
        Destination.objects.update(position_at=timezone.now() - timedelta(days=40))
    run(destination)
    told = [event for event in recorded(acme) if event.action == "auditlog.forwarding.gap"]
    assert len(told) == 1
    assert list((told[0].after or {})["until"]) == ["d30"]
    assert str(told[0].id) in webhook.ids


def test_the_dispatcher_queues_what_is_due(acme: Tenant, globex: Tenant, webhook: WebhookReceiver) -> None:
    """Every minute: of all open companies, what is on, not waiting and in nobody's hands."""
    mine, _secret = destine(acme, webhook.url)
    theirs, _secret = destine(globex, webhook.url)
    now = timezone.now()
    assert set(due(now)) == {(acme.id, mine.id), (globex.id, theirs.id)}
    wait_for_other_databases()
    assert forward_due.delay().get() == 2
    assert fresh(mine).delivered == fresh(theirs).delivered == 1
    with tenant_transaction(acme.id):
        pause_destination(mine, actor=ADMIN)
    with tenant_transaction(globex.id):
        Destination.objects.update(next_try_at=now + timedelta(hours=1))
    assert due(timezone.now()) == []
    assert due(now + timedelta(hours=2)) == [(globex.id, theirs.id)]
    with platform_transaction():
        Tenant.objects.filter(id=globex.id).update(state=State.ERASED)
    assert due(now + timedelta(hours=2)) == []


def test_a_restored_copy_is_silent_until_resumed(acme: Tenant, globex: Tenant, webhook: WebhookReceiver) -> None:
    """B6: the copy must not send as if it were the original; resumed, it begins then."""
    destination, _secret = destine(acme, webhook.url)
    with tenant_transaction(acme.id):
        Destination.objects.update(home=globex.id)
    assert due(timezone.now()) == []
    assert run(destination) == 0
    assert fresh(destination).health is Health.PAUSED
    write(acme)
    with tenant_transaction(acme.id):
        resume(destination, actor=ADMIN)
    run(destination)
    assert [event["action"] for event in webhook.received[0].events] == ["auditlog.forwarding.resumed"]


def test_transactions_that_count_anew_pass_nothing_over(acme: Tenant, webhook: WebhookReceiver) -> None:
    """A database that was moved to another cluster has lower numbers; the last day is sent again."""
    destination, _secret = destine(acme, webhook.url)
    run(destination)
    with tenant_transaction(acme.id):
        Destination.objects.update(transaction_id=2**40, mark_transaction=2**40)
    event = write(acme)
    run(destination)
    assert webhook.ids[-1] == str(event.id)
    assert UUID(webhook.ids[0]) == UUID(webhook.ids[1])  # its beginning came twice


def test_an_old_transaction_delays_and_loses_nothing(acme: Tenant, webhook: WebhookReceiver) -> None:
    """What was committed while another transaction was open for two days is sent when that one ends."""
    destination, _secret = destine(acme, webhook.url)
    run(destination)
    with table_locked("tenants_tenant", "ACCESS SHARE") as held:
        held.execute("SELECT pg_current_xact_id()")
        late = write(acme)
        for hours in range(0, 48, 6):
            with time_machine.travel(timezone.now() + timedelta(hours=hours)):
                run(destination)
        assert str(late.id) not in webhook.ids
    with time_machine.travel(timezone.now() + timedelta(hours=48)):
        run(destination)
    assert webhook.ids[-1] == str(late.id)


def test_old_partitions_are_left_alone_in_time(acme: Tenant, webhook: WebhookReceiver) -> None:
    """`since` follows the position, so that a run reads what is new and not the whole log."""
    destination, _secret = destine(acme, webhook.url, since=timezone.now() - timedelta(hours=1))
    begun = fresh(destination).since
    for days in range(4):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            write(acme)
            run(destination)
    assert fresh(destination).since > begun + timedelta(days=1)
    assert len(webhook.ids) == len(set(webhook.ids)) == 5
