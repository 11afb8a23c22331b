"""Partitions whose time is over go, whole, and nothing else does (G5, R2)."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import DataError, ProgrammingError, connections
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from auditlog.models import AuditEvent
from auditlog.partitions import make_partitions_of
from auditlog.retention.actions import PARTITION_DROPPED
from auditlog.retention.expiry import MOST_DUE, Expiry, drop_expired
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.retention.conftest import JOB, TABLE, days_ago, log_of, name_of, names
from tests.conftest import EVERY_ROLE
from tests.settings import ADMIN_URL

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("partitions_put_back"),
]

Write = Callable[..., AuditEvent]


@pytest.fixture
def drop(provider: Tenant) -> Callable[..., Expiry]:
    """Run the job."""

    def run(**options: int) -> Expiry:
        with tenant_scope(provider.id):
            return drop_expired(actor=JOB, **options)

    return run


@pytest.mark.parametrize(("kept", "last", "first_gone"), [("d30", 30, 31), ("d180", 180, 181)])
def test_a_day_goes_when_all_of_it_is_past_its_class(
    acme: Tenant, globex: Tenant, write_old: Write, drop: Callable[..., Expiry], kept: str, last: int, first_gone: int
) -> None:
    """G5: an event of the last second of a day is kept for the whole number of days. Others lose nothing."""
    for tenant in (acme, globex):
        write_old(tenant, kept, last, hour=0)
    gone = write_old(acme, kept, first_gone, hour=23)
    acmes, theirs = log_of(acme), log_of(globex)
    before = names()
    done = drop()
    assert done.dropped == {name_of(kept, gone.at): 1}
    assert names() == before - {name_of(kept, gone.at)}
    assert log_of(acme) == [row for row in acmes if row["id"] != str(gone.id)]
    assert log_of(globex) == theirs


def test_a_month_goes_after_seven_years(acme: Tenant, write_old: Write, drop: Callable[..., Expiry]) -> None:
    """G5: seven years by the calendar, leap days included, from the end of the month."""
    this_month = days_ago(0).replace(day=1)
    seven_years_ago = this_month.replace(year=this_month.year - 7)
    days = [(days_ago(0) - seven_years_ago).days, (days_ago(0) - seven_years_ago).days + 1]
    kept, gone = (write_old(acme, "y7", number) for number in days)
    assert drop().dropped == {name_of("y7", gone.at): 1}
    with tenant_transaction(acme.id):
        assert AuditEvent.objects.get(action="old").id == kept.id


def test_what_went_is_on_record_at_the_provider(
    provider: Tenant, acme: Tenant, globex: Tenant, write_old: Write, drop: Callable[..., Expiry]
) -> None:
    """R2, G10: name, period and the number of events of each company; not a word of what they said."""
    for number in range(3):
        write_old(acme, "d30", 31, label=f"secret {number}")
    event = write_old(globex, "d30", 31)
    theirs = log_of(acme)
    drop()
    with tenant_transaction(provider.id):
        recorded = AuditEvent.objects.get(action=PARTITION_DROPPED.code)
    assert recorded.target_label == name_of("d30", event.at)
    assert recorded.before is not None
    assert recorded.before["events"] == 4
    assert recorded.before["by_tenant"] == {str(acme.id): 3, str(globex.id): 1}
    assert "secret" not in str(recorded.before)
    assert log_of(acme) == [row for row in theirs if not row["target_label"].startswith("secret")]


def test_run_again_it_finds_nothing(
    provider: Tenant, acme: Tenant, write_old: Write, drop: Callable[..., Expiry]
) -> None:
    """G5: idempotent; the event is written once."""
    write_old(acme, "d30", 31)
    assert len(drop().dropped) == 1
    assert drop() == Expiry()
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.filter(action=PARTITION_DROPPED.code).count() == 1


def test_nothing_goes_when_too_much_is_due(acme: Tenant, write_old: Write, drop: Callable[..., Expiry]) -> None:
    """G5: a clock that runs ahead makes much due at once; an operator who knows better says how much."""
    for number in range(MOST_DUE + 1):
        write_old(acme, "d30", 31 + number)
    write_old(acme, "d180", 181)
    before = names()
    done = drop()
    assert list(done.dropped) == [name_of("d180", days_ago(181))]
    assert len(done.refused) == MOST_DUE + 1
    assert "8 partitions of d30 are due at once" in next(iter(done.refused.values()))
    assert names() == before - set(done.dropped)
    assert len(drop(most_due=MOST_DUE + 1).dropped) == MOST_DUE + 1


def test_nothing_goes_by_a_clock_of_its_own(acme: Tenant, write_old: Write, drop: Callable[..., Expiry]) -> None:
    """G5: the machine of the product and that of the database must agree on the day."""
    write_old(acme, "d30", 20)
    write_old(acme, "d30", 31)
    before = names()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        done = drop(most_due=400)
    assert done.dropped == {}
    assert "believes in" in next(iter(done.refused.values()))
    assert names() == before
    assert list(drop().dropped) == [name_of("d30", days_ago(31))]


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (name_of("d180", days_ago(0)), "is kept until"),
        (f"{TABLE}_d180", "is no partition"),
        (TABLE, "is no partition"),
        ("accounts_user", "is no partition"),
        ("requests_requestentry", "is no partition"),
        (f"{TABLE}_d180; DROP TABLE accounts_user", "is no partition"),
    ],
)
def test_the_function_drops_nothing_else(acme: Tenant, named: str, why: str) -> None:
    """G7: whoever may call it reaches expired partitions of the audit log only."""
    with pytest.raises(DataError, match=why), platform_transaction(), connections["platform"].cursor() as cursor:
        cursor.execute("SELECT auditlog_drop_partition(%s, current_date, 400)", [named])


@pytest.mark.parametrize(
    "call",
    [
        "auditlog_drop_partition('auditlog_auditevent_d30_20200101', current_date, 400)",
        "auditlog_move_events('01900000-0000-7000-8000-000000000000', 'd30', current_date, 10)",
        "auditlog_make_partitions('d30', current_date, current_date)",
    ],
)
def test_the_app_role_may_not_call_them(acme: Tenant, call: str) -> None:
    """G7: a page cannot shorten the log, however it is broken into."""
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id), connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {call}")


def test_a_reader_is_waited_for_a_moment_only(acme: Tenant, write_old: Write, drop: Callable[..., Expiry]) -> None:
    """G5: a verification or an export in progress keeps the partition; writers hardly notice; the next run has it."""
    gone = write_old(acme, "d30", 31)
    database = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(make_conninfo(ADMIN_URL, dbname=database)) as reader:
        reader.execute(f"SELECT count(*) FROM {TABLE}")
        assert drop() == Expiry(busy=[name_of("d30", gone.at)])
        write_old(acme, "d30", 1)
    assert drop().dropped == {name_of("d30", gone.at): 1}


def test_making_partitions_waits_for_nobody(acme: Tenant, write_old: Write) -> None:
    """G5: while somebody reads the log and somebody writes to it."""
    write_old(acme, "d30", 1)
    database = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(make_conninfo(ADMIN_URL, dbname=database)) as busy:
        busy.execute(f"SELECT count(*) FROM {TABLE}")
        busy.execute(f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE false")
        day = days_ago(45).date()
        assert make_partitions_of("d180", day, day) == 1
        assert make_partitions_of("d180", day, day) == 0
