"""What the owner of the database can do to a sealed log, and that a verification tells it (G7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connections

from auditlog.models import AuditEvent
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.headchecks import verify_heads
from auditlog.sealing.models import Head, Segment
from auditlog.sealing.sealer import Sealed
from auditlog.sealing.verifying import verify_tenant
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.sealing.conftest import TABLE, as_owner, everything_is_sound, found_in, found_in_heads
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

NOBODY = UUID(int=7)

COLUMNS = {
    "id": "gen_random_uuid()",
    "at": "at + interval '1 microsecond'",
    "kind": "'trace'",
    "action": "'documents.read'",
    "outcome": "'denied'",
    "actor_kind": "'system'",
    "actor_id": "NULL",
    "actor_user_id": "'somebody'",
    "actor_name": "'Somebody'",
    "ip": "'198.51.100.7'",
    "user_agent": "'curl'",
    "session_id": "gen_random_uuid()",
    "request_id": "'x'",
    "target_type": "'other'",
    "target_id": "'x'",
    "target_label": "target_label || ' '",
    "before": "'{}'",
    "after": "'{\"a\": 1}'",
    "salt": "gen_random_uuid()",
}


def test_an_untouched_log_is_sound(acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: and the counts say what was looked at."""
    assert everything_is_sound(acme, globex)
    report = verify_tenant(acme.id)
    assert (report.segments, report.events, report.unsealed) == (3, len(sealed_log), 0)


def test_every_column_of_an_event_is_sealed(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: but the retention class, by which alone nothing that was recorded changes."""
    fields = {field.column for field in AuditEvent._meta.concrete_fields}
    assert fields - {"tenant_id", "retention_class"} == set(COLUMNS)


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_is_found(acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent], column: str) -> None:
    """G7: of any column, in the middle of the log; the event is named."""
    edited = sealed_log[4]
    assert as_owner(f"UPDATE {TABLE} SET {column} = {COLUMNS[column]} WHERE id = %s", [edited.id]) == 1

    finding = verify_tenant(acme.id).finding
    assert finding is not None
    if column == "id":
        assert finding.kind == FindingKind.EVENT_MISSING
    elif column != "at":
        assert finding.kind == FindingKind.EVENT_CHANGED
    assert str(edited.id) in finding.text
    assert found_in(globex) is None


@pytest.mark.parametrize("index", [0, 4, 8])
def test_a_deletion_is_found(acme: Tenant, sealed_log: list[AuditEvent], index: int) -> None:
    """G7: of the first event, of one in the middle, of the last; the event is named."""
    gone = sealed_log[index]
    as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [gone.id])

    finding = verify_tenant(acme.id).finding
    assert finding is not None
    assert finding.kind == FindingKind.EVENT_MISSING
    assert str(gone.id) in finding.text
    assert f"segment {index // 3 + 1}" in finding.text


def test_the_deletion_of_the_tail_with_its_seals_is_found(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: the chain of the tenant is sound then, but the head covers more; it says whose segment is gone."""
    as_owner(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [[event.id for event in sealed_log[6:]]])
    as_owner("DELETE FROM sealing_leaves WHERE tenant_id = %s AND seq = 3", [acme.id])
    as_owner("DELETE FROM sealing_segment WHERE tenant_id = %s AND seq = 3", [acme.id])

    assert found_in(acme) is None
    finding = verify_heads().finding
    assert finding is not None
    assert finding.kind == FindingKind.SEGMENTS_DIFFER
    assert f"segment 3 of tenant {acme.id}" in finding.text


def test_a_table_that_was_rolled_back_is_found(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: events, segments and heads of yesterday fit each other; the anchor store knows better."""
    as_owner(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [[event.id for event in sealed_log[6:]]])
    for table in ("sealing_leaves", "sealing_segment"):
        as_owner(f"DELETE FROM {table} WHERE tenant_id = %s AND seq = 3", [acme.id])
        as_owner(f"DELETE FROM {table} WHERE tenant_id <> %s AND seq = 3", [acme.id])
    as_owner("DELETE FROM sealing_head WHERE number = 3")

    assert found_in(acme) is None
    assert found_in_heads() == FindingKind.ROLLED_BACK


def test_an_emptied_database_is_found(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: everything of the log and its seals."""
    for table in (TABLE, "sealing_leaves", "sealing_segment", "sealing_head"):
        as_owner(f"DELETE FROM {table}")
    assert found_in_heads() == FindingKind.ROLLED_BACK


def test_a_changed_order_is_found(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: two events that change places in the order of transactions, their contents untouched."""
    one, other = sealed_log[3].id, sealed_log[5].id
    as_owner(
        f"UPDATE {TABLE} AS a SET transaction_id = b.transaction_id FROM {TABLE} AS b"
        " WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))",
        [one, other, other, one],
    )
    assert found_in(acme) == FindingKind.EVENT_MOVED


@pytest.mark.parametrize("seal_afterwards", [False, True])
def test_an_insertion_is_found(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], seal_afterwards: bool
) -> None:
    """G7: into what is sealed already."""
    as_owner(
        f"INSERT INTO {TABLE} SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*"
        f" FROM {TABLE} AS e WHERE id = %s",
        [sealed_log[4].id],
    )
    if seal_afterwards:
        seal_all()
    assert found_in(acme) == FindingKind.EVENT_INSERTED


@pytest.mark.parametrize("days", [0, 5])
def test_an_insertion_at_another_time_is_found(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], days: int
) -> None:
    """G7: as a new event of an old or a future time, which the sealer does not take: it never looks genuine."""
    later = datetime.now(UTC) + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        seal_all()
        write(acme, at=datetime.now(UTC) + timedelta(days=days - 2), label="never happened")
        seal_all()
        assert found_in_heads() is None
        assert found_in(acme) == FindingKind.EVENT_INSERTED


def test_an_event_moved_to_another_tenant_is_found(acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: it is missing there and one too many here."""
    as_owner(f"UPDATE {TABLE} SET tenant_id = %s WHERE id = %s", [globex.id, sealed_log[4].id])
    assert found_in(acme) == FindingKind.EVENT_MISSING
    assert found_in(globex) == FindingKind.EVENT_INSERTED


def test_swapped_tenants_are_found(acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: the whole logs with everything that proves them, one under the other's name."""
    as_owner(f"UPDATE {TABLE} SET tenant_id = %s WHERE tenant_id = %s", [NOBODY, acme.id])
    as_owner(f"UPDATE {TABLE} SET tenant_id = %s WHERE tenant_id = %s", [acme.id, globex.id])
    as_owner(f"UPDATE {TABLE} SET tenant_id = %s WHERE tenant_id = %s", [globex.id, NOBODY])
    assert found_in(acme) == found_in(globex) == FindingKind.EVENT_MISSING
    for table in ("sealing_leaves", "sealing_segment"):
        as_owner(f"UPDATE {table} SET tenant_id = %s WHERE tenant_id = %s", [NOBODY, acme.id])
        as_owner(f"UPDATE {table} SET tenant_id = %s WHERE tenant_id = %s", [acme.id, globex.id])
        as_owner(f"UPDATE {table} SET tenant_id = %s WHERE tenant_id = %s", [globex.id, NOBODY])
    assert found_in(acme) == found_in(globex) == FindingKind.SEGMENT_FORGED
    assert found_in_heads() == FindingKind.SEGMENTS_DIFFER


@pytest.mark.parametrize("column", ["statement", "signature", "key_id"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_forged_head_is_found(sealed_log: list[AuditEvent], column: str, number: int) -> None:
    """G7: its text, its signature, its key."""
    forged = {
        "statement": "replace(statement, '\"size\":2', '\"size\":4')",
        "signature": "sha512(signature)",
        "key_id": "'0123456789abcdef'",
    }
    assert as_owner(f"UPDATE sealing_head SET {column} = {forged[column]} WHERE number = %s", [number]) == 1
    assert found_in_heads() == FindingKind.HEAD_FORGED


def test_a_missing_head_is_found(sealed_log: list[AuditEvent]) -> None:
    """G7: the others do not close the gap."""
    as_owner("DELETE FROM sealing_head WHERE number = 2")
    assert found_in_heads() == FindingKind.HEAD_MISSING


def test_a_head_of_another_time_is_found(sealed_log: list[AuditEvent]) -> None:
    """G7: an older head with its good signature in the place of a newer one."""
    as_owner(
        "UPDATE sealing_head AS a SET statement = b.statement, signature = b.signature FROM sealing_head AS b"
        " WHERE a.number = 3 AND b.number = 2"
    )
    assert found_in_heads() == FindingKind.HEAD_FORGED


@pytest.mark.parametrize("change", ["count = count + 1", "seq = seq + 5", "signature = sha512(signature)",
                                    "statement = replace(statement, '\"count\":3', '\"count\":2')"])  # fmt: skip
def test_a_forged_segment_is_found(acme: Tenant, sealed_log: list[AuditEvent], change: str) -> None:
    """G7: also where only the columns for queries were changed."""
    as_owner(f"UPDATE sealing_segment SET {change} WHERE tenant_id = %s AND seq = 2", [acme.id])
    assert found_in(acme) in {FindingKind.SEGMENT_FORGED, FindingKind.SEGMENT_MISSING}


def test_forged_leaves_are_found(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: an event removed together with its leaf, and leaves removed as a whole."""
    as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [sealed_log[3].id])
    as_owner("UPDATE sealing_leaves SET entries = substr(entries, 53) WHERE tenant_id = %s AND seq = 2", [acme.id])
    assert found_in(acme) == FindingKind.LEAVES_CHANGED
    as_owner("DELETE FROM sealing_leaves WHERE tenant_id = %s AND seq = 2", [acme.id])
    assert found_in(acme) == FindingKind.LEAVES_MISSING


def test_a_stopped_sealer_is_found(acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]) -> None:
    """G7: a head comes also when nothing happened, so silence is no excuse."""
    assert seal_all().segments == 0
    assert everything_is_sound(acme)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        assert found_in_heads() == FindingKind.SEALER_STOPPED


def test_a_sealer_that_never_ran_is_found(acme: Tenant) -> None:
    """G7: rather than an empty chain that is sound."""
    write(acme)
    assert found_in_heads() == FindingKind.NEVER_SEALED


def test_expired_events_are_no_finding_and_others_beside_them_are(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G5, G7: partitions go with their day, and what is left beside them stays proved."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET retention_class = 'y7' WHERE id = %s", [sealed_log[4].id])
    assert found_in(acme) is None  # a longer class changes nothing that was sealed
    drop_partition_of_today()
    assert found_in(acme) == FindingKind.EVENT_MISSING
    with time_machine.travel(datetime.now(UTC) + timedelta(days=180), tick=False):
        report = verify_tenant(acme.id)
        assert (report.finding, report.events, report.expired) == (None, 1, 8)
        as_owner(f"UPDATE {TABLE} SET outcome = 'failure' WHERE id = %s", [sealed_log[4].id])
        assert found_in(acme) == FindingKind.EVENT_CHANGED


def drop_partition_of_today() -> None:
    """As an expiry does; the empty one that takes its place is for the tests that follow."""
    as_owner(f"DROP TABLE {TABLE}_d180_{datetime.now(UTC):%Y%m%d}")
    today = "(now() AT TIME ZONE 'UTC')::date"
    as_owner(f"SELECT auditlog_make_partitions('d180', {today}, {today})")


def test_an_erased_tenant_leaves_a_sound_chain(
    acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """R1, R2, G7: events and leaves go, the statements stay, and everybody else's proofs with them."""
    for table in (TABLE, "sealing_leaves"):
        as_owner(f"DELETE FROM {table} WHERE tenant_id = %s", [acme.id])
    assert verify_tenant(acme.id, erased=True).finding is None
    assert found_in(acme) == FindingKind.LEAVES_MISSING  # nobody but an erased tenant may be without
    write(globex)
    seal_all()
    assert everything_is_sound(globex)
    assert verify_tenant(acme.id, erased=True).segments == 3


def test_statements_hold_nothing_of_a_person(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """R1: what stays after an erasure names no user, no address and no document."""
    kept = [segment.statement for segment in Segment.objects.using("owner")]
    kept += [head.statement for head in Head.objects.using("owner")]
    assert kept
    assert not [word for word in ("erin", "Erin", "文書", "access.denied") if word in "".join(kept)]
