"""Nobody who serves requests can change or remove an event (G7), and partitions are there ahead of time (G5).

ASVS 16.4.2.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connections, transaction

from auditlog.models import AuditEvent, RetentionClass
from auditlog.partitions import DAYS_AHEAD, make_partitions, make_partitions_of
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.conftest import EVERY_ROLE

TABLE = "auditlog_auditevent"

CHANGES = (
    f"UPDATE {TABLE} SET outcome = 'success'",
    f"DELETE FROM {TABLE}",
    f"TRUNCATE {TABLE}",
    f"DROP TABLE {TABLE}",
    f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
    f"ALTER TABLE {TABLE} ADD COLUMN mine integer",
)


def newest_partition() -> str:
    """The partition of today, which holds the events of the tests."""
    return f"{TABLE}_d180_{datetime.now(UTC):%Y%m%d}"


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_the_app_role_only_adds_and_reads(acme: Tenant, statement: str) -> None:
    """G7: refused by the database, whatever the code says."""
    event = write(acme)
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id), connections["default"].cursor() as cursor:
        cursor.execute(statement)
    with tenant_transaction(acme.id):
        assert AuditEvent.objects.get().id == event.id


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_platform_role_only_adds_and_reads(acme: Tenant, statement: str) -> None:
    """G7: the jobs across tenants neither."""
    event = write(acme)
    with pytest.raises(ProgrammingError), platform_transaction(), connections["platform"].cursor() as cursor:
        cursor.execute(statement)
    with tenant_transaction(acme.id):
        assert AuditEvent.objects.get().id == event.id


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["SELECT 1 FROM {}", "UPDATE {} SET outcome = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_partition_is_no_back_door(acme: Tenant, verb: str) -> None:
    """T1, G7: the children are closed even to those who may read the parent."""
    write(acme)
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id), connections["default"].cursor() as cursor:
        cursor.execute(verb.format(newest_partition()))


@pytest.mark.django_db
def test_changing_an_event_in_code_is_refused_too(acme: Tenant) -> None:
    """G7: by save() and by querysets."""
    event = write(acme)
    event.outcome = "failure"
    for change in (
        event.save,
        event.delete,
        lambda: AuditEvent.objects.update(outcome="failure"),
        lambda: AuditEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), tenant_transaction(acme.id):
            change()
    with tenant_transaction(acme.id):
        assert AuditEvent.objects.get().outcome == "success"


@pytest.mark.django_db
@pytest.mark.parametrize("retention_class", RetentionClass)
@pytest.mark.parametrize("days", [0, 1, DAYS_AHEAD - 1])
def test_there_is_a_partition_for_the_coming_days(acme: Tenant, retention_class: str, days: int) -> None:
    """G5: of every retention class."""
    with tenant_transaction(acme.id):
        at = datetime.now(UTC) + timedelta(days=days)
        AuditEvent.objects.create(at=at, retention_class=retention_class, kind="trace", actor_kind="system")
        assert AuditEvent.objects.get().retention_class == retention_class


@pytest.mark.django_db
def test_a_time_without_a_partition_is_an_error(acme: Tenant) -> None:
    """G5: rather loud than lost."""
    with pytest.raises(IntegrityError, match="no partition"):
        write(acme, at=datetime.now(UTC) + timedelta(days=400))


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_making_partitions_adds_what_is_missing(acme: Tenant) -> None:
    """G5: as the platform role, which may call the function and nothing else; again makes nothing."""
    make_partitions()
    assert make_partitions() == 0
    later = datetime.now(UTC) + timedelta(days=DAYS_AHEAD + 1)
    assert make_partitions_of(RetentionClass.D180, later.date(), later.date()) == 1
    write(acme, at=later)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relrowsecurity AND c.relforcerowsecurity, count(p.polname),"
            " has_table_privilege('sekisho_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
            " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relname = %s GROUP BY c.oid",
            [f"{TABLE}_d180_{later:%Y%m%d}"],
        )
        assert cursor.fetchone() == (True, 2, False)
        cursor.execute(f"DROP TABLE {TABLE}_d180_{later:%Y%m%d}")


@pytest.mark.django_db
def test_the_app_role_cannot_make_partitions(acme: Tenant) -> None:
    """G7: only the platform role calls the function."""
    with pytest.raises(ProgrammingError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT auditlog_make_partitions('d30', current_date, current_date)")
