"""Room for the coming days: missing partitions are told of before they are needed, once, and it closes (G5)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail
from django.core.checks import run_checks
from django.db import IntegrityError
from django.utils import timezone

from auditlog.models import AuditEvent, RetentionClass
from auditlog.partitions import DAYS_AHEAD, FEWEST_DAYS, make_partitions, missing_days, partitions
from auditlog.queries import events
from auditlog.retention.models import Problem
from auditlog.retention.queries import open_problems
from auditlog.retention.tasks import tell_of_problem, watch_partitions
from documents.models import Folder
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.retention.conftest import as_owner, days_ago, log_of, name_of
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("partitions_put_back"),
]


def lose(kept: str, *days: int) -> None:
    """No partition of the class for these coming days."""
    for number in days:
        as_owner(f"DROP TABLE {name_of(kept, days_ago(-number))}")


def test_there_is_room_for_a_month_and_three_months() -> None:
    """G5: made ahead; run again, nothing is made."""
    make_partitions()
    assert make_partitions() == 0
    assert missing_days(partitions(), timezone.now().date(), days=DAYS_AHEAD + 1, months=3) == {}


@pytest.mark.parametrize("today", [date(2028, 1, 31), date(2028, 12, 31), date(2028, 2, 29)])
def test_months_are_counted_by_the_calendar(today: date) -> None:
    """G5: none is left out behind a short one."""
    found = missing_days([], today)[RetentionClass.Y7]
    assert [day.day for day in found] == [1, 1, 1]
    assert [(day.year * 12 + day.month) - (today.year * 12 + today.month) for day in found] == [0, 1, 2]
    assert len(missing_days([], today)[RetentionClass.D30]) == FEWEST_DAYS


@pytest.mark.parametrize(("days", "alarm"), [((FEWEST_DAYS,), False), ((FEWEST_DAYS - 1,), True), ((3, 4), True)])
def test_a_gap_is_told_when_it_comes_near(cast: Cast, provider: Tenant, days: tuple[int, ...], alarm: bool) -> None:
    """G5: in the provider's log as an error, and to every operator by mail."""
    lose("d180", *days)
    watch_partitions.delay()
    expected = [("missing", "d180", [f"{days_ago(-number):%Y-%m-%d}" for number in days])] if alarm else []
    assert [(one.kind, one.retention_class, one.places) for one in open_problems()] == expected
    with tenant_transaction(provider.id):
        recorded = list(events().filter(action="auditlog.partition.problem"))
    assert [(event.kind, event.outcome) for event in recorded] == [("error", "failure")] * alarm
    assert [message.to for message in mail.outbox] == [[cast.operator.user.email]] * alarm


def test_it_is_told_once_and_closed(cast: Cast, provider: Tenant, acme: Tenant) -> None:
    """G5: run every hour, one event and one mail; another event when it is over. No company's log is touched."""
    lose("d30", 5)
    for _hour in range(3):
        watch_partitions.delay()
    make_partitions()
    for _hour in range(2):
        watch_partitions.delay()
    assert open_problems() == []
    assert len(mail.outbox) == 1
    with tenant_transaction(provider.id):
        told = [event.action for event in events().filter(action__startswith="auditlog.partition")]
    assert told == ["auditlog.partition.solved", "auditlog.partition.problem"]
    assert log_of(acme) == []
    lose("d30", 5)
    watch_partitions.delay()
    assert len(mail.outbox) == 2


def test_a_mail_that_failed_is_sent_later(cast: Cast, provider: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G5: the next run queues it again; however often it is queued, operators get one."""
    lose("d30", 5)
    monkeypatch.setattr(tell_of_problem, "apply_async", lambda *_args, **_kwargs: None)
    watch_partitions.delay()
    assert mail.outbox == []
    monkeypatch.undo()
    watch_partitions.delay()
    assert len(mail.outbox) == 1
    (problem,) = open_problems()
    with tenant_scope(provider.id):
        tell_of_problem.delay(str(problem.id))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("number", "kind"), [(1, None), (2, "overdue"), (9, "refused")])
def test_overdue_partitions_are_told_of(
    cast: Cast, acme: Tenant, write_old: Callable[..., AuditEvent], number: int, kind: str | None
) -> None:
    """G5: a day after their time, or at once when they are suspiciously many."""
    for past in range(number):
        write_old(acme, "d30", 31 + past)
    watch_partitions.delay()
    assert [one.kind for one in open_problems()] == ([kind] if kind else [])
    assert len(mail.outbox) == (1 if kind else 0)


def test_the_mail_says_what_to_do(cast: Cast, acme: Tenant, write_old: Callable[..., AuditEvent]) -> None:
    """T10: in the reader's language."""
    with tenant_transaction(cast.operator.tenant.id):
        cast.operator.user.language = "en"
        cast.operator.user.save()
    for past in range(9):
        write_old(acme, "d30", 31 + past)
    lose("y7", 33)
    watch_partitions.delay()
    refused, missing = sorted((message.subject, str(message.body)) for message in mail.outbox)
    assert "manage.py audit partitions --drop 9" in refused[1]
    assert "manage.py audit partitions --make" in missing[1]
    assert "/operator/audit/retention/" in missing[1]


def test_the_system_check_says_it_too() -> None:
    """G5: for whoever deploys; only when the database is asked."""
    lose("d180", 3)
    assert [one.id for one in run_checks(databases=["default"]) if "audit" in str(one.id)] == ["audit_retention.W001"]
    assert [one.id for one in run_checks() if "audit" in str(one.id)] == []
    lose("d180", 0)
    assert [one.id for one in run_checks(databases=["default"]) if "audit" in str(one.id)] == ["audit_retention.E001"]


def test_without_a_partition_nothing_is_done_and_making_it_mends_it(cast: Cast, acme: Tenant) -> None:
    """G5: a job that stood still for a month is loud: an error page, and nothing that is not on record is done."""
    client = cast.editor.client()
    client.raise_request_exception = False
    lose("d180", 0)
    refused = client.post("/documents/folders/new/", {"name": "Unrecorded"})
    assert refused.status_code == 500
    assert "Unrecorded" not in refused.content.decode()
    with pytest.raises(IntegrityError, match="no partition"):
        write(acme)
    with tenant_transaction(acme.id):
        assert not Folder.objects.filter(name="Unrecorded").exists()
    make_partitions()
    assert client.post("/documents/folders/new/", {"name": "Recorded"}).status_code == 302
    with tenant_transaction(acme.id):
        assert Folder.objects.filter(name="Recorded").exists()
        assert events().filter(action="documents.folder.created").count() == 1


def test_a_problem_is_open_once(provider: Tenant) -> None:
    """G5: two runs at once do not tell twice: the database refuses the second one."""
    with platform_transaction():
        Problem.objects.create(kind="missing", retention_class="d30")
    with pytest.raises(IntegrityError), platform_transaction():
        Problem.objects.create(kind="missing", retention_class="d30")
