"""The probe that runs elsewhere: real pages that break, and nothing of the service but its address (N9)."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from incidents.monitoring import journal as journals
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.outside import look
from incidents.monitoring.store import journal_store
from incidents.status.store import open_status_store
from tests.auditlog.forwarding.receivers import server_context
from tests.incidents.monitoring.servers import closed_port, site

NOW = datetime(2026, 5, 1, 0, 30, tzinfo=UTC)


def ready(*, store: str = "up", worker: str = "up", age: int = 20) -> tuple[int, bytes]:
    """What `/readyz` answers."""
    checks = {"database": "up", "broker": "up", "store": store, "migrations": "up"}
    told = {"ready": store == "up", "checks": checks, "worker": {"state": worker, "heartbeat_seconds": age}}
    return (200 if store == "up" else 503), json.dumps(told).encode()


def seen(url: str) -> dict[str, tuple[str, str]]:
    """State and detail by probe."""
    return {one.probe: (one.state.value, one.detail) for one in look(url, NOW, place="osaka")}


def test_everything_that_can_be_seen_from_elsewhere(trusted: None) -> None:
    """N9: page, health, what stands behind them, and the certificate; a silent worker is noticed by somebody else."""
    with site(server_context(days=90), ready=ready()) as pages:
        fine = seen(pages.url)
        assert fine == dict.fromkeys(["login_page", "database", "broker", "store", "worker", "certificate"], ("up", ""))
        pages.answers["/readyz"] = ready(store="down", worker="down", age=900)
        broken = seen(pages.url)
        assert broken["store"] == ("down", "")
        assert broken["worker"] == ("down", "last sign of life 900 s ago")
        pages.answers["/healthz"] = (500, b"")
        pages.answers["/readyz"] = (200, b'{"checks": "<html>"}')
        odd = seen(pages.url)
    assert odd == {
        "login_page": ("up", ""),
        "database": ("down", "/healthz: HTTP 500"),
        "certificate": ("up", ""),
    }
    gone = seen(pages.url)
    assert gone == {"login_page": ("down", "ConnectionRefusedError: [Errno 111] Connection refused")}
    with site(server_context("elsewhere.example", days=90)) as pages:
        assert "TLS: Hostname mismatch" in seen(pages.url)["login_page"][1]


def run(url: str, store: Path, minute: int) -> int:
    """One run of the command at some minute; its exit code."""
    with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
        try:
            call_command("probe", url=url, store=f"file://{store}", name="osaka", once=True)
        except CommandError as error:
            return error.returncode
    return 0


def test_an_outage_goes_to_the_page_and_onto_paper(tmp_path: Path) -> None:
    """N9, N1: from the first look that was not answered the page says so; the paper waits for the service."""
    store = tmp_path / "status"
    page = open_status_store(f"file://{store}")
    with site(ready=ready()) as pages:
        assert run(pages.url, store, 0) == 0
    assert [run(pages.url, store, minute) for minute in (1, 2, 3)] == [1, 1, 1]
    looks = list(journals.written(journal_store(), "osaka"))
    assert [(each.at, each.down) for each in looks] == [
        (NOW + timedelta(minutes=minute), minute > 0) for minute in range(4)
    ]
    told: dict[str, Any] = json.loads(page.read("status.json") or b"{}")
    assert (NOW + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M") in json.dumps(told)
    html = (page.read("index.html") or b"").decode()
    assert "09:31" in html  # in Japan
    with site(ready=ready()) as pages:
        assert run(pages.url, store, 60 * 24 * 8) == 0
    assert len(list(journals.written(journal_store(), "osaka"))) == 1  # nobody read the others in for a week


@pytest.mark.parametrize(
    "options", [{"url": "ftp://x"}, {"url": "http://x", "name": "inside"}, {"url": "http://x", "every": 301}]
)
def test_wrong_usage(options: dict[str, Any]) -> None:
    """N9: exit code 2, and at most five minutes between two looks."""
    with pytest.raises(CommandError) as refused:
        call_command("probe", **{"once": "every" not in options, **options})
    assert refused.value.returncode == 2


def test_it_runs_where_nothing_of_the_service_is(tmp_path: Path) -> None:
    """N9: a process of its own without database, broker, vault or settings; a store that is away fails the run."""
    surroundings = {
        "PATH": os.environ["PATH"], "SEKISHO_MODE": "local", "SEKISHO_VAR": str(tmp_path / "var"),
    }  # fmt: skip
    with site(ready=ready(worker="down", age=400)) as pages:
        done = subprocess.run(
            [sys.executable, "manage.py", "probe", "--url", pages.url, "--once", "--json"],
            cwd=configured.BASE_DIR, env=surroundings, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "Out of order: worker." in done.stderr
    looks = json.loads(done.stdout)["looks"]
    assert [one["state"] for one in looks if one["probe"] == "login_page"] == [ProbeState.UP]
    assert run(f"http://127.0.0.1:{closed_port()}", Path("/dev/null"), 0) == 1
