"""The nightly run (B1, B5)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from auditlog.models import AuditEvent
from backups import tasks
from backups.locks import exclusive, exclusive_run
from backups.models import Archive, State
from backups.queries import archives, next_run
from backups.runs.models import RunState
from backups.runs.queries import recent_runs
from config.schedule import every_day
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State as TenantState
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.tenants import make_tenant
from vault.errors import StoreUnavailable

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def states(tenant: Tenant) -> list[str]:
    """The archives of a tenant, newest first."""
    with tenant_transaction(tenant.id):
        return [archive.state for archive in archives()]


def nightly() -> None:
    """The task, as a worker runs it."""
    tasks.back_up_every_tenant.delay()


def test_every_open_company_once_a_day(acme: Tenant, globex: Tenant, provider: Tenant) -> None:
    """B1: however often a message is delivered; none for a company whose use has ended; and again on the next day."""
    gone = make_tenant("GONE", state=TenantState.SUSPENDED)
    midnight = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # in Japan
    with time_machine.travel(midnight - timedelta(hours=1)):
        nightly()
        nightly()
        assert [states(tenant) for tenant in (acme, globex, provider, gone)] == [[State.VERIFIED]] * 3 + [[]]
        assert [(run.state, run.companies, run.failed) for run in recent_runs()] == [(RunState.FINISHED, 3, 0)]
        with tenant_transaction(acme.id):
            assert AuditEvent.objects.filter(action="backups.archive.verified").count() == 1
    with time_machine.travel(midnight + timedelta(hours=1)):
        nightly()
        assert states(acme) == [State.VERIFIED] * 2


def test_what_the_day_has_already(acme: Tenant, globex: Tenant, take: Callable[[], Archive]) -> None:
    """B5: an archive of today that waits for its check is checked and not made anew; a damaged one does not count."""
    take()
    assert states(acme) == [State.COMPLETE]
    nightly()
    assert states(acme) == [State.VERIFIED]
    with tenant_transaction(globex.id):
        Archive.objects.update(state=State.DAMAGED)
    nightly()
    assert states(acme) == [State.VERIFIED]
    assert states(globex) == [State.VERIFIED, State.DAMAGED]


def test_while_another_run_is_under_way(acme: Tenant) -> None:
    """B1: the broker may deliver again what takes long; the second one steps back."""
    with exclusive_run():
        nightly()
    assert recent_runs() == []


def test_a_company_that_is_being_backed_up_by_hand(acme: Tenant, globex: Tenant) -> None:
    """B1: it is left alone and named; the others get their backup, and it gets one with the next run."""
    with exclusive(acme.id):
        nightly()
    (run,) = recent_runs()
    assert (run.state, run.failed) == (RunState.FAILED, 1)
    assert run.error.startswith("ACME: Another backup")
    assert (states(acme), states(globex)) == ([], [State.VERIFIED])
    nightly()
    assert (states(acme), states(globex)) == ([State.VERIFIED], [State.VERIFIED])
    assert [run.state for run in recent_runs()] == [RunState.FINISHED, RunState.FAILED]


def test_a_store_that_cannot_be_reached(acme: Tenant, settings: LazySettings) -> None:
    """B1: the task fails, so that it is tried again later; then nothing is left of it."""
    store, settings.VAULT_BACKUP_STORE = settings.VAULT_BACKUP_STORE, "file:///nowhere/at/all"
    settings.PRODUCTION = True  # elsewhere a missing folder is made
    with pytest.raises(StoreUnavailable):
        tasks.back_up_every_tenant()
    (run,) = recent_runs()
    assert (run.state, run.failed) == (RunState.FAILED, 3)
    settings.PRODUCTION = False
    settings.VAULT_BACKUP_STORE = store
    nightly()
    assert states(acme) == [State.VERIFIED]


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


def test_the_hour_is_a_setting(settings: LazySettings) -> None:
    """B1: BACKUP_AT; what is no time of day is refused when the server starts."""
    entry = {"task": tasks.back_up_every_tenant.name, "schedule": every_day("23:05")}
    settings.CELERY_BEAT_SCHEDULE = {"back-up-every-tenant": entry}
    noon = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert next_run(noon) == datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    for wrong in ("half past two", "25:00", "", "2:30"):
        with pytest.raises(ImproperlyConfigured):
            every_day(wrong)


def test_the_schedule_names_the_task() -> None:
    """B1: what runs by the clock is what is tested here."""
    assert tasks.back_up_every_tenant.name == "backups.tasks.back_up_every_tenant"
    entry = current_app.conf.beat_schedule["back-up-every-tenant"]
    assert entry["task"] == tasks.back_up_every_tenant.name
