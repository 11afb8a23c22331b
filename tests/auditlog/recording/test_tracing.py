"""Traces: requests and background tasks of a company for the days of a search for a fault (G3)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from queue import Queue
from typing import Any

import pytest
import time_machine
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.utils import timezone

from auditlog.models import AuditEvent
from auditlog.recording.models import RecordingPolicy
from config.celery import app
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import Cast

worked: "Queue[None]" = Queue()


@app.task(name="tests.recording.work")
def work(fails: bool = False) -> None:
    """Do nothing, or fail."""
    worked.put(None)
    if fails:
        raise LookupError


@platform_task
def survey() -> None:
    """Nobody's in particular."""
    worked.put(None)


def traced(tenant: Tenant) -> None:
    """From now on for a day."""
    with tenant_transaction(tenant.id):
        RecordingPolicy.objects.create(traced_until=timezone.now() + timedelta(days=1))


def traces(tenant: Tenant) -> list[AuditEvent]:
    """What was traced, oldest first."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(kind="trace").order_by("at", "id"))


@pytest.mark.django_db
def test_requests_of_a_traced_company(acme: Tenant, globex: Tenant, cast: Cast) -> None:
    """G3: route, status, duration, and what the database took of it; of this company and no other."""
    traced(acme)
    before = list(connection.execute_wrappers)
    cast.reader.client().get("/profile/", {"secret": "of the address"})
    cast.reader.client().post("/documents/")
    cast.outsider.client().get("/profile/")
    seen, refused = traces(acme)
    assert (seen.action, seen.target_label, seen.actor_user_id) == ("trace.request", "profile", "rob")
    measured: Any = seen.after
    assert (measured["method"], measured["status"]) == ("GET", 200)
    assert measured["queries"] > 0
    assert 0 < measured["query_milliseconds"] < measured["milliseconds"]
    assert refused.after is not None
    assert refused.after["status"] == 405
    assert traces(globex) == []
    assert connection.execute_wrappers == before


@pytest.mark.django_db
def test_traces_end_by_themselves(acme: Tenant, cast: Cast) -> None:
    """G3, G4: at the time that was chosen, without anybody's doing."""
    traced(acme)
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        cast.reader.client().get("/profile/")
    assert traces(acme) == []


@pytest.fixture
def at_worker(transactional_db: None) -> Iterator[Callable[..., None]]:
    """Queue these calls and let a real worker, on the real broker, come to the end of them."""

    def run(*calls: Callable[[], Any]) -> None:
        app.control.purge()
        app.conf.task_always_eager = False
        with start_worker(celery, perform_ping_check=False, pool="solo", loglevel="CRITICAL"):
            for call in calls:
                call()
            for _call in calls:
                worked.get(timeout=30)

    celery: Any = app  # its stubs know one class of tasks only
    yield run
    app.conf.task_always_eager = True


def test_background_tasks_of_a_traced_company(
    at_worker: Callable[..., None], acme: Tenant, globex: Tenant, provider: Tenant
) -> None:
    """G3: begun and ended, with duration and error, under the number of the task; nobody else's."""
    traced(acme)

    def queue(tenant: Tenant, *args: Any) -> None:
        with tenant_scope(tenant.id):
            work.delay(*args)

    at_worker(
        lambda: queue(acme), lambda: queue(globex), survey.delay, lambda: queue(acme, True), lambda: queue(globex)
    )
    events = traces(acme)
    assert [event.action for event in events] == ["trace.task.begun", "trace.task.ended"] * 2
    assert {(event.target_label, event.actor_user_id) for event in events} == {("tests.recording.work", "worker")}
    assert events[0].target_id == events[1].target_id != events[2].target_id == events[3].target_id
    assert [event.outcome for event in events] == ["success", "success", "success", "failure"]
    assert events[0].after == {"attempt": 1}
    assert events[3].after is not None
    assert events[3].after["error"] == "LookupError"
    assert traces(globex) == traces(provider) == []


@pytest.mark.django_db
def test_a_task_that_is_called_is_no_background_task(acme: Tenant) -> None:
    """G3: it is a part of whatever calls it."""
    traced(acme)
    with tenant_transaction(acme.id):
        work()
        work.apply()
    worked.get(), worked.get()
    assert traces(acme) == []
