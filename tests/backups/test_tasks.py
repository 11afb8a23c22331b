"""The nightly run (B1, B5)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app

from auditlog.models import AuditEvent
from backups import tasks
from backups.locks import exclusive
from backups.models import Archive, State
from backups.queries import archives, next_run
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import TENANT_HEADER
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State as TenantState
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.tenants import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture
def broker() -> Iterator[Any]:
    """The real broker: tasks are queued, and wait for whoever takes them."""
    current_app.conf.task_always_eager = False
    with current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue(current_app.conf.task_default_queue)
        queue.clear()
        yield queue
        queue.clear()
        queue.close()
    current_app.conf.task_always_eager = True


def states(tenant: Tenant) -> list[str]:
    """The archives of a tenant, newest first."""
    with tenant_transaction(tenant.id):
        return [archive.state for archive in archives()]


def nightly(tenant: Tenant) -> None:
    """The tenant's task, as a worker runs it."""
    with tenant_scope(tenant.id):
        tasks.back_up_tenant.delay()


def test_every_open_tenant_gets_its_own_task(broker: Any, acme: Tenant, globex: Tenant, provider: Tenant) -> None:
    """B1, T1: one message for each, which names its tenant; none for a company whose use has ended."""
    gone = make_tenant("GONE", state=TenantState.SUSPENDED)
    tasks.back_up_every_tenant()
    messages = [broker.get(block=False) for _ in range(3)]
    for message in messages:
        message.ack()
    assert {message.headers["task"] for message in messages} == {"backups.tasks.back_up_tenant"}
    told = {message.headers[TENANT_HEADER] for message in messages}
    assert told == {str(tenant.id) for tenant in (acme, globex, provider)}
    assert str(gone.id) not in told
    with pytest.raises(broker.Empty):
        broker.get(block=False)


def test_a_task_that_comes_twice_makes_one_archive(acme: Tenant) -> None:
    """B1: once a day, however often a message is delivered; and again on the next day."""
    midnight = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # in Japan
    with time_machine.travel(midnight - timedelta(hours=1)):
        nightly(acme)
        nightly(acme)
        assert states(acme) == [State.VERIFIED]
        with tenant_transaction(acme.id):
            assert AuditEvent.objects.filter(action="backups.archive.verified").count() == 1
    with time_machine.travel(midnight + timedelta(hours=1)):
        nightly(acme)
        assert states(acme) == [State.VERIFIED] * 2


def test_an_archive_that_waits_for_its_check_is_checked(acme: Tenant, take: Callable[[], Archive]) -> None:
    """B5: a worker that died between the two does not leave today's archive unverified."""
    take()
    assert states(acme) == [State.COMPLETE]
    nightly(acme)
    assert states(acme) == [State.VERIFIED]


def test_a_damaged_archive_of_today_does_not_count(acme: Tenant, take: Callable[[], Archive]) -> None:
    """B5: the day has a backup when one is sound."""
    take()
    with tenant_transaction(acme.id):
        Archive.objects.update(state=State.DAMAGED)
    nightly(acme)
    assert states(acme) == [State.VERIFIED, State.DAMAGED]


def test_while_another_run_is_under_way(acme: Tenant) -> None:
    """B1: the broker may deliver again what takes long; the second one steps back."""
    with exclusive(acme.id):
        nightly(acme)
    assert states(acme) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T17:29:00+00:00", "2026-11-22T17:30:00+00:00"),
        ("2026-11-22T17:30:00+00:00", "2026-11-23T17:30:00+00:00"),
        ("2026-11-22T00:00:00+00:00", "2026-11-22T17:30:00+00:00"),
    ],
)
def test_when_the_next_run_is(now: str, expected: str) -> None:
    """B1: 02:30 in Japan."""
    assert next_run(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_the_schedule_names_the_task() -> None:
    """B1: what runs by the clock is what is tested here."""
    assert tasks.back_up_every_tenant.name == "backups.tasks.back_up_every_tenant"
    entry = current_app.conf.beat_schedule["back-up-every-tenant"]
    assert entry["task"] == tasks.back_up_every_tenant.name
