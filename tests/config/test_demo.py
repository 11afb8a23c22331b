"""`make demo`, as somebody types it: up, used, stopped, up again, started over (DESIGN section 13)."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from accounts.menus import ADMINISTRATOR, EDITOR, OPERATOR, READER
from config.healthcheck import answers
from config.installation import BASE_DIR
from config.stack import describe, remove, running
from config.stack.description import free_ports

SECOND_START_SECONDS = 15


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A var directory that the servers' account may enter."""
    with tempfile.TemporaryDirectory(prefix="sekisho-demo-") as parent:
        Path(parent).chmod(0o755)
        yield Path(parent) / "var"
        remove(Path(parent) / "var")


def _environment(var_dir: Path) -> dict[str, str]:
    """The environment of a terminal: nothing of the test run's own, and none of make's that may have started it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"SEKISHO_VAR": str(var_dir)}


@contextmanager
def _demo(var_dir: Path, port: int, stop: signal.Signals) -> Iterator[float]:
    """A running demo; gives the seconds until it said that it is up. Afterwards nothing of it is left."""
    began = time.monotonic()
    make = subprocess.Popen(
        ["make", "--silent", "--old-file=setup-demo", "demo", f"PORT={port}"],
        cwd=BASE_DIR,
        env=_environment(var_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert make.stdout is not None
    said: list[str] = []
    while "Ctrl-C stops it" not in "".join(said[-1:]):
        said.append(make.stdout.readline())
        assert said[-1], "".join(said)
    family = _processes(var_dir)
    try:
        yield time.monotonic() - began
    finally:
        # A terminal sends Ctrl-C to everybody in it, a supervisor sends SIGTERM to the one process that it started.
        os.killpg(make.pid, stop) if stop == signal.SIGINT else make.send_signal(stop)
        output, _ = make.communicate()
    assert len(family) > len(["web", "worker", "scheduler", "postgres", "valkey"])
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert not (var_dir / "demo.json").exists()
    assert "SIGKILL" not in output


def _processes(var_dir: Path) -> list[psutil.Process]:
    """Every process with this var directory in its environment or its arguments."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SEKISHO_VAR") == str(var_dir) or str(var_dir) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _manage(var_dir: Path, *arguments: str, port: int = 8000) -> subprocess.CompletedProcess[str]:
    settings = {"SEKISHO_MODE": "demo", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=_environment(var_dir) | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def _query(var_dir: Path, statement: str) -> None:
    with psycopg.connect(describe(var_dir).admin_url) as connection:
        connection.execute(statement)


def test_demo_from_the_first_start_to_starting_over(var_dir: Path) -> None:
    """P3: one command builds the whole environment; it stops without a trace, comes back quickly, and starts over."""
    port = free_ports(1)[0]
    with _demo(var_dir, port, signal.SIGTERM):
        announcement = var_dir / "demo.json"
        assert stat.S_IMODE(announcement.stat().st_mode) == 0o600
        told = json.loads(announcement.read_text())
        assert told["url"] == f"http://localhost:{port}"
        assert {login["role"] for login in told["logins"]} == {ADMINISTRATOR, EDITOR, OPERATOR, READER}
        assert all(set(login) == {"company_code", "user_id", "password", "role", "app_key"} for login in told["logins"])
        assert answers(port)
        _query(var_dir, "CREATE TABLE kept AS SELECT 1 AS value")
    assert not running(var_dir)

    with _demo(var_dir, port, signal.SIGINT) as seconds:
        assert seconds < SECOND_START_SECONDS
        _query(var_dir, "SELECT value FROM kept")
        second = _manage(var_dir, "demo", port=port)
        assert second.returncode != 0
        assert f"Port {port} is taken" in second.stderr
        refused = _manage(var_dir, "reset_demo")
        assert refused.returncode != 0
        assert "in use" in refused.stderr

    done = _manage(var_dir, "reset_demo")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in var_dir.iterdir()} <= {"stack", "secrets"}
    assert not (describe(var_dir).home / "postgres").exists()


def test_demo_and_its_passwords_exist_in_demo_mode_only(var_dir: Path) -> None:
    """Passwords that are printed must never open a real installation."""
    for command in ("demo", "demo_data", "demo_code"):
        refused = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=BASE_DIR,
            env=_environment(var_dir) | {"SEKISHO_MODE": "local"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode != 0
        assert "demo mode" in refused.stderr or "SEKISHO_MODE" in refused.stderr
