"""A company goes over to another retention class: what was sealed stays proved, and nothing goes early (G5, G7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from auditlog.models import AuditEvent, RetentionClass
from auditlog.sealing.expiry import Declaration, due
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.models import Segment
from auditlog.sealing.sealer import Sealed, declare_retention, forget_expired_leaves
from auditlog.sealing.verifying import verify_tenant
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.sealing.conftest import HOUR, TABLE, as_owner, everything_is_sound, exported, found_in, labels
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def in_days(days: int) -> time_machine.travel:
    """So much later."""
    return time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False)


def move(tenant: Tenant, chosen: RetentionClass) -> None:
    """As the job of the retention moves rows to the partitions of another class."""
    as_owner(f"UPDATE {TABLE} SET retention_class = %s WHERE tenant_id = %s", [chosen, tenant.id])


def drop(tenant: Tenant) -> None:
    """As partitions go."""
    as_owner(f"DELETE FROM {TABLE} WHERE tenant_id = %s", [tenant.id])


@pytest.fixture
def shortened(acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]) -> list[AuditEvent]:
    """Of 180 days to 30."""
    assert declare_retention(acme.id, RetentionClass.D30) == datetime.now(UTC).date()
    move(acme, RetentionClass.D30)
    seal_all()
    return sealed_log


def test_the_rule() -> None:
    """G5: day 100, kept for 180 at first; a declaration of its day or later counts, until the event has ended."""
    shorter, longer = Declaration(110, 30), Declaration(120, 2555)
    assert due(100, 280, []) == 280
    assert due(100, 280, [shorter]) == 130
    assert due(110, 290, [shorter]) == 140
    assert due(111, 291, [shorter]) == 291
    assert due(100, 280, [longer]) == 2655
    assert due(100, 280, [shorter, longer]) == 2655
    assert due(60, 240, [shorter, longer]) == 90  # it had ended when the longer class came
    assert due(100, 280, [longer, Declaration(130, 30)]) == 130


def test_moved_rows_are_as_they_were_sealed(
    acme: Tenant, globex: Tenant, shortened: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: the class is in no line, and the place in the order stays; new events follow the declaration."""
    assert everything_is_sound(acme, globex)
    write(acme, label="after it")
    assert seal_all().events == 1
    report = verify_tenant(acme.id)
    assert (report.finding, report.segments, report.events) == (None, 5, len(shortened) + 1)


def test_a_shorter_class_lets_events_go_earlier(
    acme: Tenant, shortened: list[AuditEvent], checked: Callable[[bytes], str]
) -> None:
    """G5, G7: on their new day, and neither here nor in an export anybody misses them."""
    begin = timezone.now() - HOUR
    with in_days(30):
        drop(acme)
        report = verify_tenant(acme.id)
        assert (report.finding, report.events, report.expired) == (None, 0, len(shortened))
    content = exported(acme, begin, begin + 2 * HOUR)
    assert labels(content) == []
    assert "left out" in checked(content)  # exported today, when they had to be there
    with in_days(30), pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditlog.sealing.exporting.record", lambda *_args, **_facts: None)  # no partition for that day
        assert checked(exported(acme, begin, begin + 2 * HOUR)) == ""


def test_not_a_day_before(acme: Tenant, shortened: list[AuditEvent]) -> None:
    """G7: an event that is missing before its new day is found."""
    with in_days(29):
        assert everything_is_sound(acme) is False  # the sealer stands still in this test
        assert found_in(acme) is None
        as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [shortened[4].id])
        assert found_in(acme) == FindingKind.EVENT_MISSING


def test_events_after_a_declaration_are_kept_as_their_leaves_say(
    acme: Tenant, shortened: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: it is about what was recorded up to its day."""
    with in_days(2):
        write(acme, label="of two days later")
        seal_all()
    with in_days(40):
        drop(acme)
        assert found_in(acme) == FindingKind.EVENT_MISSING


def test_a_longer_class_is_asked_for(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G5, G7: what is to stay for seven years may not go after half a year; hashes stay as long as they are needed."""
    move(acme, RetentionClass.Y7)
    declare_retention(acme.id, RetentionClass.Y7)
    as_owner("UPDATE sealing_leaves SET expires = current_date - 31")
    assert forget_expired_leaves()  # those of the others
    with in_days(300):
        report = verify_tenant(acme.id)
        assert (report.finding, report.events) == (None, len(sealed_log))
        as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [sealed_log[0].id])
        assert found_in(acme) == FindingKind.EVENT_MISSING
    with in_days(7 * 365):
        drop(acme)
        assert found_in(acme) is None


def test_nothing_old_can_be_put_in_behind_a_declaration(
    acme: Tenant, shortened: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: a declaration does not open the chain for events of any age, as its beginning is open."""
    with in_days(3):
        seal_all()
        declare_retention(acme.id, RetentionClass.D30)
        write(acme, at=timezone.now() - timedelta(days=2), label="of the past")
        assert seal_all().events == 0
        assert found_in(acme) == FindingKind.EVENT_INSERTED


@pytest.mark.parametrize(
    "change", ["keeps = 1", "keeps = NULL", "statement = replace(statement, '\"keeps\":30', '\"keeps\":10')"]
)
def test_a_forged_declaration_is_found(acme: Tenant, shortened: list[AuditEvent], change: str) -> None:
    """G7: nobody declares for us."""
    as_owner(f"UPDATE sealing_segment SET {change} WHERE tenant_id = %s AND keeps IS NOT NULL", [acme.id])
    assert found_in(acme) == FindingKind.SEGMENT_FORGED


def test_an_event_declared_to_be_one_is_found(acme: Tenant, shortened: list[AuditEvent]) -> None:
    """G7: another segment in its place either."""
    as_owner("UPDATE sealing_segment SET keeps = 1 WHERE tenant_id = %s AND seq = 2", [acme.id])
    assert found_in(acme) == FindingKind.SEGMENT_FORGED


def test_another_tenants_declaration_in_an_export_is_refused(
    acme: Tenant, globex: Tenant, shortened: list[AuditEvent], checked: Callable[[bytes], str], tmp_path: Path
) -> None:
    """G7: the header of an export brings the declarations, each with its signature."""
    declare_retention(globex.id, RetentionClass.D30)
    theirs = Segment.objects.using("owner").get(tenant_id=globex.id, keeps=30)
    ours = Segment.objects.using("owner").get(tenant_id=acme.id, keeps=30)
    content = exported(acme)
    assert checked(content) == ""
    for column in ("statement", "signature"):
        as_owner(
            f"UPDATE sealing_segment SET {column} = %s WHERE tenant_id = %s AND keeps = 30",
            [getattr(theirs, column), acme.id],
        )
    assert "another tenant" in checked(exported(acme))
    as_owner("UPDATE sealing_segment SET statement = %s WHERE tenant_id = %s AND keeps = 30", [ours.statement, acme.id])
    assert "signature" in checked(exported(acme))


def test_a_log_that_was_never_sealed(acme: Tenant, globex: Tenant, seal_all: Callable[[], Sealed]) -> None:
    """G5: its chain begins with the declaration, and takes events of any age behind it."""
    write(acme, at=timezone.now() - timedelta(hours=30))
    declare_retention(acme.id, RetentionClass.D30)
    assert seal_all().events == 1
    assert everything_is_sound(acme, globex)
