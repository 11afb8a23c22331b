"""The sealer loses nothing and repeats nothing, whenever it dies and however many there are (G7)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections, transaction

from auditlog.actions import ACCESS_DENIED
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.sealing import anchors, chains, sealer
from auditlog.sealing.errors import RolledBack, SealerBusy, TransactionsAnew
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.models import Head, Leaves, Segment
from auditlog.sealing.sealer import Sealed, begin_restored_chain, recover
from auditlog.sealing.verifying import verify_tenant
from auditlog.services import record
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import SOMEBODY, write
from tests.auditlog.sealing.conftest import TABLE, as_owner, everything_is_sound, found_in, found_in_heads
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def sealed_events(tenant: Tenant) -> int:
    """How many events the segments of a tenant hold."""
    return sum(segment.count for segment in Segment.objects.using("owner").filter(tenant_id=tenant.id))


@contextmanager
def open_transaction(tenant: Tenant) -> Iterator[Callable[[], None]]:
    """Somebody who recorded an event and has not committed yet; what is handed out commits."""
    recorded, commit, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        try:
            with tenant_transaction(tenant.id):
                record(ACCESS_DENIED, actor=SOMEBODY)
                recorded.set()
                commit.wait(timeout=30)
        finally:
            connections.close_all()
            ended.set()

    def let_commit() -> None:
        commit.set()
        assert ended.wait(timeout=30)

    threading.Thread(target=work).start()
    assert recorded.wait(timeout=30)
    try:
        yield let_commit
    finally:
        commit.set()


def test_a_late_commit_is_sealed_later_and_never_missed(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: a transaction that began before the seal and ends after it, with others that ended in between."""
    with open_transaction(acme) as let_commit:
        write(acme, label="began later, ended earlier")
        assert seal_all().events == 0  # it waits for the one before it
        let_commit()
    assert seal_all().events == 2
    assert everything_is_sound(acme)


def test_a_late_commit_does_not_reopen_what_is_sealed(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: events before the open transaction are sealed meanwhile."""
    write(acme)
    with open_transaction(acme) as let_commit:
        assert seal_all().events == 1
        let_commit()
    write(acme)
    assert seal_all().events == 2
    assert [segment.count for segment in Segment.objects.using("owner").filter(tenant_id=acme.id)] == [1, 2]
    assert everything_is_sound(acme)


def test_many_events_become_several_segments_in_several_transactions(
    acme: Tenant, globex: Tenant, seal_all: Callable[[], Sealed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """G7: also those of one transaction, and of one moment."""
    monkeypatch.setattr(sealer, "SEGMENT_SIZE", 4)
    monkeypatch.setattr(sealer, "BATCH_SIZE", 10)
    with tenant_transaction(acme.id):
        for _ in range(33):
            record(ACCESS_DENIED, actor=SOMEBODY)
    moment = datetime.now(UTC)
    for _ in range(13):
        write(globex, at=moment)
    with tenant_transaction(globex.id):
        for _ in range(25):
            AuditEvent.objects.create(at=moment, kind="trace", actor_kind="system", action="same.moment")

    done = seal_all()

    assert (done.events, sealed_events(acme), sealed_events(globex)) == (71, 33, 38)
    assert everything_is_sound(acme, globex)
    write(acme)
    assert seal_all().events == 1
    assert everything_is_sound(acme, globex)


@pytest.mark.parametrize("step", ["append_segment", "leaves", "append_head", "put", "put_keys"])
def test_a_sealer_that_dies_loses_and_repeats_nothing(
    acme: Tenant,
    globex: Tenant,
    seal_all: Callable[[], Sealed],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """G7: between any two steps, each of which is committed or not; the next run goes on there."""
    monkeypatch.setattr(sealer, "SEGMENT_SIZE", 2)
    monkeypatch.setattr(sealer, "BATCH_SIZE", 5)
    owner, name = {
        "append_segment": (chains, "append_segment"),
        "leaves": (Leaves, "save"),
        "append_head": (chains, "append_head"),
        "put": (anchors, "put"),
        "put_keys": (anchors, "put_keys"),
    }[step]
    real, calls = getattr(owner, name), 0

    def dying(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls % 3 == 2 or step in {"append_head", "put", "put_keys"}:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    for _ in range(2):
        for tenant in (acme, globex):
            for _ in range(7):
                write(tenant)
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, dying)
            with pytest.raises(KeyboardInterrupt):
                seal_all()
    seal_all()

    assert (sealed_events(acme), sealed_events(globex)) == (14, 14)
    assert everything_is_sound(acme, globex)


def test_two_sealers_at_once(acme: Tenant, globex: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: each does its part or stands back; no chain forks."""
    for _ in range(5):
        for tenant in (acme, globex):
            for _ in range(4):
                write(tenant)
        results = at_once(seal_all, seal_all, seal_all)
        assert all(isinstance(result, Sealed | SealerBusy) for result in results), results
    seal_all()
    assert (sealed_events(acme), sealed_events(globex)) == (20, 20)
    assert everything_is_sound(acme, globex)


def test_sealers_and_writers_at_once(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: under load no event falls between two segments, and a verification meanwhile finds nothing."""

    def writer() -> None:
        for _ in range(40):
            write(acme)

    def sealing() -> None:
        for _ in range(15):
            with suppress(SealerBusy):
                seal_all()

    def verifying() -> None:
        for _ in range(5):
            assert found_in_heads() in {None, FindingKind.NEVER_SEALED}
            assert found_in(acme) is None

    assert at_once(writer, writer, writer, sealing, sealing, verifying) == [None] * 6
    seal_all()
    assert sealed_events(acme) == 120
    assert everything_is_sound(acme)


def test_a_busy_sealer_is_told(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: one lock for all."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sealer._LOCK])
        try:
            with pytest.raises(SealerBusy):
                seal_all()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [sealer._LOCK])
    assert seal_all().head == 1


def test_an_old_log_is_sealed_the_first_time(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: an installation that is brought up to this release has a log already, of any age."""
    write(acme)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=20), tick=False):
        assert seal_all().events == 1
        assert everything_is_sound(acme)


def test_a_sealer_that_stood_still_catches_up(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: what was written meanwhile is sealed, however old it is by then."""
    write(acme)
    seal_all()
    write(acme)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=9), tick=False):
        assert seal_all().events == 1
        assert everything_is_sound(acme)


def test_a_counter_that_starts_anew_is_refused(acme: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G7: loaded into another server, new events would lie below what is sealed and never be."""
    write(acme)
    seal_all()
    as_owner("UPDATE sealing_segment SET end_transaction = end_transaction + 1000000000")
    with pytest.raises(TransactionsAnew):
        seal_all()


def test_a_restored_tenant_begins_a_chain_that_says_so(
    acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """B6, G7: whose copy it is and where that one's chain was; its old events are sealed then, whatever their time."""
    as_owner(f"DELETE FROM {TABLE} WHERE tenant_id = %s", [globex.id])
    for table in ("sealing_leaves", "sealing_segment"):
        as_owner(f"DELETE FROM {table} WHERE tenant_id = %s", [globex.id])
    with time_machine.travel(datetime.now(UTC) + timedelta(days=9), tick=False):
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            begin_restored_chain(cursor, globex.id, origin=acme.id, using="owner")
        as_owner(
            f"INSERT INTO {TABLE} SELECT (jsonb_populate_record(e, jsonb_build_object('tenant_id', %s::text,"
            f" 'transaction_id', pg_current_xact_id()))).* FROM {TABLE} AS e WHERE tenant_id = %s",
            [globex.id, acme.id],
        )
        assert seal_all().events == len(sealed_log)
        assert verify_tenant(globex.id).finding is None
        first = Segment.objects.using("owner").get(tenant_id=globex.id, seq=1)
        assert '"origin":{"hash":"' in first.statement
        assert f'"seq":3,"tenant":"{acme.id}"' in first.statement


def test_after_a_rollback_the_sealer_stops_until_somebody_says_go(
    acme: Tenant, provider: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: no second head of the same number; after the recovery the heads say for good what was lost."""
    as_owner(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [[event.id for event in sealed_log[3:]]])
    for table in ("sealing_leaves", "sealing_segment"):
        as_owner(f"DELETE FROM {table} WHERE seq > 1")
    as_owner("DELETE FROM sealing_head WHERE number > 1")
    write(acme)
    with pytest.raises(RolledBack):
        seal_all()
    assert found_in_heads() == FindingKind.ROLLED_BACK

    with tenant_scope(provider.id):
        assert recover(actor=Actor.command()) == (2, 3)
        assert recover(actor=Actor.command()) is None

    seal_all()
    assert everything_is_sound(acme)
    assert '"recovered":[2,3]' in Head.objects.using("owner").get(number=4).statement
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.get(action="auditlog.seal.recovered").after == {"first_head": 2, "last_head": 3}


def test_the_app_role_cannot_touch_what_proves(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """T1, G7: it reads its own tenant's segments and leaves, changes none, and sees no head."""
    with tenant_transaction(acme.id):
        assert {segment.tenant_id for segment in Segment.objects.all()} == {acme.id}
        assert Leaves.objects.count() == 3
    for statement in ("UPDATE sealing_segment SET seq = 0", "DELETE FROM sealing_segment", "SELECT FROM sealing_head",
                      "DELETE FROM sealing_leaves", "UPDATE sealing_leaves SET seq = 0"):  # fmt: skip
        with (
            pytest.raises(Exception, match="permission denied"),
            tenant_transaction(acme.id),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
    with (
        pytest.raises(Exception, match="permission denied"),
        platform_transaction(),
        connections["platform"].cursor() as cursor,
    ):
        cursor.execute("UPDATE sealing_head SET number = 0")
    assert found_in(acme) is None
