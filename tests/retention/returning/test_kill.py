"""A real worker that is killed with kill -9 in the middle of a data return (R3)."""

import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from auditlog.models import AuditEvent
from config.celery import app
from retention.returning import tasks
from retention.returning.models import ReturnState
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import Stored
from tests.backups.processes import environment, kill, table_locked, wait_until_blocked
from tests.conftest import EVERY_ROLE
from tests.retention.returning.conftest import asked, part_of, refreshed, runs_in_store, unpacked
from tests.settings import RUN

pytestmark = [pytest.mark.django_db(transaction=True, databases=EVERY_ROLE), pytest.mark.usefixtures("jobs_wait")]

EVENTS = "auditlog_auditevent"


def test_killed_between_the_files_and_the_row(company: Stored) -> None:
    """R3: everything is stored, and the row does not say so yet: it is begun anew, and only the second one is there."""
    app.control.purge()
    row = asked(company.tenant, company.admin.actor)
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "ERROR"]
    stores = {name: getattr(settings, name) for name in ("AUDIT_ANCHOR_STORE", "VAULT_DOCUMENT_STORE")}
    with table_locked(EVENTS, "SHARE"):  # the log may be read, and nothing written to it
        process = subprocess.Popen(
            [*command, "--queues", RUN, "--without-gossip", "--without-mingle"],
            cwd=settings.BASE_DIR,
            env=environment() | stores,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            wait_until_blocked(EVENTS, process)
        finally:
            kill(process)
    assert process.returncode == -9
    first = refreshed(row)
    assert (first.state, first.attempts, first.parts) == (ReturnState.RUNNING, 1, [])
    assert runs_in_store(company.tenant) == {str(first.run)}

    assert tasks.catch_up() == 0
    app.conf.task_always_eager = True
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert tasks.catch_up() == 1
        assert tasks.catch_up() == 0
    done = refreshed(row)
    assert (done.state, done.attempts) == (ReturnState.READY, 2)
    assert runs_in_store(company.tenant) == {str(done.run)} != {str(first.run)}
    found = unpacked([part_of(done)])
    assert {path: found.entries[f"files/{path}"] for path in company.files} == company.files
    with tenant_transaction(company.tenant.id):
        assert AuditEvent.objects.filter(action="retention.return.completed").count() == 1
