"""kill -9 at twenty random places of a whole run: nothing is listed that does not restore (B1, B5)."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connections

from backups.manifest import read_manifest
from backups.models import Archive, State
from backups.queries import archives_of_everybody
from backups.restoring import restore_archive
from backups.runs.models import RunKind, RunState
from backups.runs.queries import platform_archives, recent_runs
from backups.runs.services import back_up_everybody
from backups.verifying import check_parts
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, furnish
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

_KILLS = 20


@contextmanager
def steps(monkeypatch: pytest.MonkeyPatch, last: int) -> Iterator[list[int]]:
    """Count statements and changes of files; at the last step, kill -9."""
    count = [0]

    def step() -> None:
        count[0] += 1
        if count[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(function: Any) -> Any:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            step()
            return function(*args, **kwargs)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", stepping(psycopg.Cursor.execute))
        for name in ("fsync", "link", "unlink", "replace"):
            patch.setattr(os, name, stepping(getattr(os, name)))
        yield count


def run_and_die(monkeypatch: pytest.MonkeyPatch, last: int) -> int | None:
    """A run in a process of its own, which is killed at a step; the number of steps when it came to its end before."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        kept = [connection.connection for connection in connections.all()]  # theirs: not to be closed from here
        for connection in connections.all():
            connection.connection = None
        with steps(monkeypatch, last) as count:
            back_up_everybody(RunKind.COMMAND)
        os.write(writing, str(count[0]).encode())
        os._exit(0 * len(kept))
    os.close(writing)
    _pid, status = os.waitpid(child, 0)
    told = os.read(reading, 20)
    os.close(reading)
    assert told or os.WIFSIGNALED(status), "the run failed by itself"
    return int(told) if told else None


def assert_what_is_listed_is_whole(checked: set[Any]) -> None:
    """Every archive of the catalogue, each once."""
    for archive in archives_of_everybody():
        if archive.id not in checked:
            check_parts(backup_store(), read_manifest(backup_store(), archive.place))
            checked.add(archive.id)


def test_killed_anywhere(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """B1, B5: after each kill what is listed is whole, and the next run goes on; the last one leaves nothing undone."""
    stored = furnish(acme, size=5000)
    seed = int(os.environ.get("SEKISHO_SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"SEKISHO_SEED={seed}\n")
    places, checked = random.Random(seed), set[Any]()
    total = run_and_die(monkeypatch, 0)
    assert total
    kills = 0
    while kills < _KILLS:
        kills += run_and_die(monkeypatch, places.randrange(1, total)) is None
        assert_what_is_listed_is_whole(checked)
    for _run in range(2):  # the first goes on with one that died, the second is a whole one
        report = back_up_everybody(RunKind.COMMAND)
        assert report is not None
        assert (report.run.state, report.failures) == (RunState.FINISHED, {})
    with tenant_transaction(acme.id):
        assert State.RUNNING not in set(Archive.objects.values_list("state", flat=True))
    with platform_transaction():
        assert platform_archives().first()
    assert RunState.RUNNING not in {run.state for run in recent_runs()}
    newest = next(one for one in archives_of_everybody() if one.tenant_id == acme.id)
    assert restore_archive(newest, company_code="COPY", actor=ACTOR).objects == len(stored.files)
