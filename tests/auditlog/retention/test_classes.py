"""A company's retention class: new events at once, earlier ones by a job that may be killed anywhere (G5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import AuditEvent, RetentionClass
from auditlog.partitions import make_partitions_of
from auditlog.queries import events
from auditlog.retention import classes
from auditlog.retention.classes import change_retention_class
from auditlog.retention.models import Relocation
from auditlog.retention.queries import tenants_to_relocate
from auditlog.retention.relocating import LATE_WRITERS, relocate
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.retention.conftest import JOB, days_ago, log_of, name_of, names
from tests.conftest import EVERY_ROLE

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("partitions_put_back"),
]

Write = Callable[..., AuditEvent]
BOSS = Actor.system("boss")


@pytest.fixture(autouse=True)
def held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is not there until a test runs the job itself."""
    monkeypatch.setattr(classes, "queue_on_commit", lambda _name: None)


def change(tenant: Tenant, to: RetentionClass, reason: str = "contract 12") -> Relocation:
    """As an operator does."""
    company = resolve_company(tenant.company_code)
    assert company is not None
    return change_retention_class(company, to, reason=reason, actor=BOSS)


def old_log(tenant: Tenant) -> list[dict[str, Any]]:
    """The events that were there before the change."""
    return [row for row in log_of(tenant) if row["action"] == "old"]


def without_class(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everything about events but their class."""
    return [{key: value for key, value in row.items() if key != "retention_class"} for row in rows]


def test_new_events_have_the_new_class_at_once(acme: Tenant, globex: Tenant) -> None:
    """G5: without a restart and before the job; another company's do not."""
    change(acme, RetentionClass.Y7)
    assert write(acme).retention_class != ""
    write(globex)
    assert log_of(acme)[-1]["retention_class"] == "y7"
    assert log_of(globex)[-1]["retention_class"] == "d180"


def test_a_longer_class_takes_all_earlier_events_along(acme: Tenant, globex: Tenant, write_old: Write) -> None:
    """G5: into months that had no partition; nothing but the class changes, and nothing of others."""
    for number in (0, 1, 40, 100, 179):
        write_old(acme, "d180", number, label=str(number))
        write_old(globex, "d180", number)
    acmes, theirs = old_log(acme), log_of(globex)
    change(acme, RetentionClass.Y7)
    done = relocate(acme.id, actor=JOB, batch=2)
    assert done is not None
    assert (done.total, done.moved, done.removed) == (5, 5, 0)
    assert without_class(old_log(acme)) == without_class(acmes)
    assert {row["retention_class"] for row in log_of(acme)} == {"y7"}
    assert name_of("y7", days_ago(179)) in names()
    assert log_of(globex) == theirs


def test_a_shorter_class_removes_what_it_would_not_have_kept(acme: Tenant, globex: Tenant, write_old: Write) -> None:
    """G5, R2: what is past the new time goes now and is counted; the border is that of the partitions."""
    for number in (0, 30, 31, 100):
        write_old(acme, "d180", number, label=str(number), hour=0)
        write_old(globex, "d180", number)
    theirs = log_of(globex)
    kept = [row for row in old_log(acme) if row["target_label"] in {"0", "30"}]
    change(acme, RetentionClass.D30)
    done = relocate(acme.id, actor=JOB, batch=3)
    assert done is not None
    assert (done.total, done.moved, done.removed) == (4, 2, 2)
    assert without_class(old_log(acme)) == without_class(kept)
    assert {row["retention_class"] for row in log_of(acme)} == {"d30"}
    assert log_of(globex) == theirs


@pytest.mark.parametrize("batches", range(5))
def test_killed_anywhere_it_goes_on(acme: Tenant, write_old: Write, batches: int) -> None:
    """G5: after any batch, also with some of the next one done but not committed."""
    for number in range(8):
        write_old(acme, "d180", number * 7, label=str(number))
    before = old_log(acme)
    change(acme, RetentionClass.D30)

    class Killed(BaseException):
        pass

    done = []

    def kill(relocation: Relocation) -> None:
        done.append(relocation.done)
        if len(done) == batches + 1:
            raise Killed

    try:
        relocate(acme.id, actor=JOB, batch=2, progress=kill)
    except Killed:
        assert tenants_to_relocate() == [acme.id]
    last = relocate(acme.id, actor=JOB, batch=2)
    assert last is not None
    assert (last.total, last.moved, last.removed) == (8, 5, 3)
    assert without_class(old_log(acme)) == without_class(before)[3:]


def test_it_is_over_when_nobody_can_add_to_it(acme: Tenant, write_old: Write) -> None:
    """G5, R2: a transaction that was open at the change may write late; the end is on record with the counts."""
    write_old(acme, "d180", 100)
    change(acme, RetentionClass.D30)
    for _again in range(2):
        done = relocate(acme.id, actor=JOB)
        assert done is not None
        assert done.finished_at is None
    late = write_old(acme, "d180", 0)
    with time_machine.travel(timezone.now() + LATE_WRITERS):
        relocate(acme.id, actor=JOB)
    assert tenants_to_relocate() == []
    with tenant_transaction(acme.id):
        assert AuditEvent.objects.get(id=late.id).retention_class == "d30"
        recorded = events().get(action="auditlog.retention.moved")
    assert recorded.after == {"from": "d180", "to": "d30", "moved": 1, "removed": 1}
    with time_machine.travel(timezone.now() + LATE_WRITERS):
        assert relocate(acme.id, actor=JOB) == done


def test_a_change_of_mind_on_the_way(acme: Tenant, write_old: Write) -> None:
    """G5: the newest class counts, for those that have gone and for those that have not."""
    for number in (0, 10, 20):
        write_old(acme, "d180", number)
    before = old_log(acme)
    change(acme, RetentionClass.D30)

    def stop(_relocation: Relocation) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relocate(acme.id, actor=JOB, batch=2, progress=stop)
    change(acme, RetentionClass.D180, reason="misunderstood")
    relocate(acme.id, actor=JOB)
    assert old_log(acme) == before


def test_the_change_is_on_record_on_both_sides(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """G5, G10: once each, with before, after and why."""
    change(acme, RetentionClass.Y7)
    for tenant in (acme, provider):
        with tenant_transaction(tenant.id):
            event = events().get(action="auditlog.retention.changed")
        assert event.before == {"retention_class": "d180"}
        assert event.after == {"retention_class": "y7", "reason": "contract 12"}
        assert event.actor_user_id == "boss"
    assert log_of(globex) == []


@pytest.mark.parametrize(
    ("code", "to", "reason"),
    [("ACME", "d180", "again"), ("ACME", "d30", "  "), ("PROVIDER", "d30", "to save room")],
)
def test_what_is_refused(provider: Tenant, acme: Tenant, code: str, to: str, reason: str) -> None:
    """G5: the class that it has, no reason, and less than 180 days for the provider's own log. Nothing is written."""
    with pytest.raises(ValidationError):
        change(provider if code == "PROVIDER" else acme, RetentionClass(to), reason)
    assert log_of(provider) == log_of(acme) == []
    assert tenants_to_relocate() == []


def test_making_partitions_of_the_past_is_bounded() -> None:
    """G5: a wrong date does not make thousands of tables."""
    with pytest.raises(DataError):
        make_partitions_of("d30", days_ago(500).date(), days_ago(0).date())
    with pytest.raises(DataError):
        make_partitions_of("d30", days_ago(-500).date(), days_ago(-500).date() + timedelta(days=1))
