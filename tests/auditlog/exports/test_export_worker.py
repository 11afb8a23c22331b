"""A real worker that is killed with kill -9 in the middle of an export (G2)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.menus import ADMINISTRATOR
from auditlog.exports import tasks
from auditlog.exports.models import AuditExport, ExportState
from auditlog.models import AuditEvent
from config.celery import app
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.exports.conftest import content_of, ordered, refreshed, stored
from tests.auditlog.exports.test_csvlog import keys_of
from tests.backups.processes import environment, kill, table_locked, wait_until_blocked
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from tests.settings import RUN

pytestmark = [pytest.mark.django_db(transaction=True, databases=EVERY_ROLE), pytest.mark.usefixtures("jobs_wait")]

EVENTS = "auditlog_auditevent"


@contextmanager
def worker() -> Iterator["subprocess.Popen[str]"]:
    """A process of its own that works off the queue of this run."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "ERROR"]
    process = subprocess.Popen(
        [*command, "--queues", RUN, "--without-gossip", "--without-mingle"],
        cwd=settings.BASE_DIR,
        env=environment() | {"AUDIT_ANCHOR_STORE": settings.AUDIT_ANCHOR_STORE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        kill(process)


@pytest.fixture
def order(acme: Tenant) -> AuditExport:
    """An order of ACME's five events, in the queue."""
    for _ in range(5):
        write(acme)
    app.control.purge()
    return ordered(acme, make_person(acme, "alice", ADMINISTRATOR).actor)


def caught_up(row: AuditExport) -> AuditExport:
    """The order after the catch-up job and whoever works off what it queued."""
    assert tasks.catch_up() == 0
    app.conf.task_always_eager = True
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert tasks.catch_up() == 1
        assert tasks.catch_up() == 0
    return refreshed(row)


def completed(tenant: Tenant) -> int:
    """How many files the log knows."""
    with tenant_transaction(tenant.id):
        return AuditEvent.objects.filter(action="auditlog.export.completed").count()


def test_killed_while_it_reads(acme: Tenant, order: AuditExport) -> None:
    """G2: the order is carried out by the next worker; one file, which is whole."""
    with table_locked(EVENTS):
        with worker() as process:
            wait_until_blocked(EVENTS, process)
        assert process.returncode == -9
    assert (refreshed(order).state, refreshed(order).attempts) == (ExportState.RUNNING, 1)
    assert stored(acme) == set()

    done = caught_up(order)
    assert (done.state, done.attempts) == (ExportState.READY, 2)
    assert len(keys_of(content_of(done))) == done.done >= 5
    assert stored(acme) == {str(done.run)}
    assert completed(acme) == 1


def test_killed_between_the_file_and_its_row(acme: Tenant, order: AuditExport) -> None:
    """G2: a file that no order knows belongs to nobody; the next worker writes its own, the sweep takes the first."""
    with table_locked(EVENTS, "SHARE"), worker() as process:  # the table may be read, and nothing written to it
        wait_until_blocked(EVENTS, process)
    first = refreshed(order)
    assert first.state == ExportState.RUNNING
    assert stored(acme) == {str(first.run)}
    assert completed(acme) == 0

    done = caught_up(order)
    assert done.state == ExportState.READY
    assert done.run != first.run
    assert completed(acme) == 1
    tasks.sweep_every_tenant()
    assert stored(acme) == {str(first.run), str(done.run)}
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tasks.sweep_every_tenant()
    assert stored(acme) == {str(done.run)}
    assert len(keys_of(content_of(done))) == done.done


def test_a_worker_that_lives(acme: Tenant, order: AuditExport) -> None:
    """G2: the same without an accident, for comparison: by a process of its own, in its time."""
    with worker():
        last = timezone.now() + timedelta(seconds=60)
        while refreshed(order).is_open:
            assert timezone.now() < last
    assert refreshed(order).state == ExportState.READY
    assert len(keys_of(content_of(refreshed(order)))) == refreshed(order).done
