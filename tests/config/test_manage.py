"""`manage.py` starts the embedded stack when a command needs it, and only then (DESIGN section 13)."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import installation
from config.installation import BASE_DIR
from config.stack import remove, running
from manage import needs_database


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A var directory that the servers' account may enter."""
    with tempfile.TemporaryDirectory(prefix="sekisho-manage-") as parent:
        Path(parent).chmod(0o755)
        yield Path(parent) / "var"
        remove(Path(parent) / "var")


def _manage(var_dir: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command of a checkout in test mode that has no database of its own."""
    outside = {"DATABASE_URL", "DATABASE_URL_FILE", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in outside}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=environment | {"SEKISHO_MODE": "test", "SEKISHO_VAR": str(var_dir)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        ("", False),
        ("help", False),
        ("help migrate", False),
        ("migrate --help", False),
        ("--version", False),
        ("version", False),
        ("compilemessages -l ja", False),
        ("check", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("check --database=default", True),
        ("migrate", True),
        ("isolation check", True),
        ("demo", True),
        ("reset_demo", False),  # it deletes the stack, so it must not hold it
    ],
)
def test_which_commands_need_the_database(command: str, needed: bool) -> None:
    """What is not known to go without a database gets one."""
    assert needs_database(command.split()) is needed


def test_command_without_database_leaves_no_trace(var_dir: Path) -> None:
    """Asking for the version starts nothing."""
    command = _manage(var_dir, "version")
    command.communicate()
    assert command.returncode == 0
    assert not (var_dir / "stack/postgres").exists()


def test_stack_runs_as_long_as_the_command(var_dir: Path) -> None:
    """It starts on a machine where nothing ran before, and nothing runs there afterwards."""
    question = (
        "from django.db import connection as c; u = c.cursor(); u.execute('SELECT current_user'); print(u.fetchone())"
    )
    command = _manage(var_dir, "shell", "--no-imports", "--command", question)
    output, _ = command.communicate()
    assert command.returncode == 0
    assert "sekisho_app" in output
    assert not running(var_dir)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_command_that_is_told_to_stop_stops_the_stack(var_dir: Path, sent: signal.Signals) -> None:
    """By the terminal or by a supervisor."""
    # Not signal.pause(): a signal that comes a moment before it would be waited for for ever.
    wait = "import time; print('up', flush=True)\nwhile True: time.sleep(0.05)"
    command = _manage(var_dir, "shell", "--no-imports", "--command", wait)
    assert command.stdout is not None
    assert command.stdout.readline() == "up\n"
    assert running(var_dir)
    command.send_signal(sent)
    command.communicate()
    assert command.returncode != 0
    assert not running(var_dir)


@pytest.mark.parametrize(
    ("environment", "mode", "embedded"),
    [
        ({}, "local", True),
        ({"DATABASE_URL": "postgres://x"}, "production", False),
        ({"DATABASE_URL_FILE": "/run/secrets/x"}, "production", False),
        ({"SEKISHO_MODE": "production"}, "production", False),
        ({"SEKISHO_MODE": "demo"}, "demo", True),
        ({"SEKISHO_MODE": "demo", "DATABASE_URL": "postgres://x"}, "demo", False),
    ],
)
def test_kind_of_installation(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], mode: str, embedded: bool
) -> None:
    """Whoever brings a database along gets production unless they say otherwise, however the address is given."""
    for name in ("SEKISHO_MODE", "DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert installation.mode() == mode
    assert installation.is_embedded() is embedded


def test_unknown_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt mode must not fall back to a lenient one."""
    monkeypatch.setenv("SEKISHO_MODE", "prod")
    with pytest.raises(ImproperlyConfigured, match="production"):
        installation.mode()


def test_tests_keep_their_state_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite's throw-away cluster is not the one of the demo beside it."""
    monkeypatch.delenv("SEKISHO_VAR", raising=False)
    places = set()
    for mode in ("demo", "test"):
        monkeypatch.setenv("SEKISHO_MODE", mode)
        places.add(installation.var_dir())
    assert len(places) == 2
