"""The stack runs while somebody uses it: starting, sharing, stopping, removing (DESIGN section 13)."""

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest
import redis

from config.stack import StackError, acquire, describe, remove, running
from config.stack.lease import Lease
from tenants.isolation.roles import APP, ROLES
from tests.config.stack.servers import HOLD, line_of, postgres_process_id, query, start_python


def test_description_is_made_once_and_private(new_var_dir: Path) -> None:
    """Passwords are random, readable by the owner only, and nothing is started."""
    first = describe(new_var_dir)
    assert describe(new_var_dir) == first
    assert set(first.passwords) == set(ROLES)
    assert len({first.admin_password, first.valkey_password, *first.passwords.values()}) == 2 + len(ROLES)
    assert stat.S_IMODE((new_var_dir / "stack/stack.json").stat().st_mode) == 0o600
    assert first.postgres_port != first.valkey_port
    assert first.passwords[APP] not in repr(first)
    assert not running(new_var_dir)


def test_first_lease_starts_and_last_one_stops(var_dir: Path) -> None:
    """In between, somebody else may come and go."""
    with acquire(var_dir) as lease:
        assert running(var_dir)
        with acquire(var_dir) as other:
            assert other.stack == lease.stack
        assert running(var_dir)
    assert not running(var_dir)
    lease.release()  # repeated: harmless
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(lease.stack.admin_url)


def test_roles_and_database_are_ready_and_data_is_kept(var_dir: Path) -> None:
    """The three roles log in with their passwords; database and broker keep their content over a restart."""
    with acquire(var_dir) as lease:
        for role in ROLES:
            assert (
                query(lease.stack.url_for(role), "SELECT current_user || '@' || current_database()")
                == f"{role}@sekisho"
            )
        admin = lease.stack.admin_url
        assert query(admin, "SHOW data_checksums") == "on"
        assert query(admin, "SHOW server_encoding") == "UTF8"
        assert query(admin, "SHOW fsync") == "on"
        assert (
            query(admin, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'sekisho'")
            == "bC.UTF-8"
        )
        query(admin, "CREATE TABLE kept_over_restart AS SELECT 1 AS value")
        with redis.Redis.from_url(lease.stack.redis_url) as broker:
            broker.set("kept", "yes")
    with acquire(var_dir) as lease:
        assert query(lease.stack.admin_url, "SELECT value FROM kept_over_restart") == 1
        with redis.Redis.from_url(lease.stack.redis_url) as broker:
            assert broker.get("kept") == b"yes"


def test_nobody_enters_without_a_password(var_dir: Path) -> None:
    """Loopback is open to every program of the machine, so both servers ask, and only there they listen."""
    with acquire(var_dir) as lease:
        stack = lease.stack
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgres://postgres@127.0.0.1:{stack.postgres_port}/postgres", passfile="/dev/null")
        with pytest.raises(redis.AuthenticationError), redis.Redis(port=stack.valkey_port) as broker:
            broker.ping()
        assert query(stack.admin_url, "SHOW listen_addresses") == "127.0.0.1"
        with redis.Redis.from_url(stack.redis_url) as broker:
            assert broker.config_get("bind") == {"bind": "127.0.0.1"}


def test_tests_trade_durability_for_speed(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a cluster of the test suite may lose what it was told."""
    monkeypatch.setenv("SEKISHO_MODE", "test")
    with acquire(var_dir) as lease:
        assert query(lease.stack.admin_url, "SHOW fsync") == "off"


def test_many_processes_start_at_once(new_var_dir: Path) -> None:
    """All of them end up at one pair of servers, which stays until the last of them is gone."""
    processes = [start_python(new_var_dir, HOLD) for _ in range(5)]
    servers = {line_of(process) for process in processes}
    assert len(servers) == 1
    for process in processes[1:]:
        process.communicate()
    assert running(new_var_dir)
    processes[0].communicate()
    assert not running(new_var_dir)


def test_killed_holder_leaves_servers_that_the_next_one_takes_over(var_dir: Path) -> None:
    """kill -9 gives no chance to clean up; the kernel ends the lease and the next user stops what was left."""
    holder = start_python(var_dir, HOLD)
    server = int(line_of(holder))
    holder.kill()
    holder.communicate()
    assert running(var_dir)
    with acquire(var_dir) as lease:
        assert postgres_process_id(lease.stack) == server
    assert not running(var_dir)


def test_forked_child_neither_ends_nor_prolongs_the_lease(var_dir: Path) -> None:
    """A worker forked from the holder runs the exit handlers when it ends, and may outlive the holder."""
    fork_and_end = HOLD.replace("    print(", "    if os.fork() == 0: sys.exit()\n    os.wait()\n    print(")
    holder = start_python(var_dir, fork_and_end)
    line_of(holder)
    assert running(var_dir)
    holder.communicate()
    assert not running(var_dir)

    fork_and_stay = HOLD.replace(
        "    print(", "    if (child := os.fork()) == 0: __import__('signal').pause()\n    print(child, "
    )
    holder = start_python(var_dir, fork_and_stay)
    child = int(line_of(holder).split()[0])
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.close()
    holder.wait()
    try:
        assert not running(var_dir)
    finally:
        os.kill(child, signal.SIGKILL)
        holder.stdout.close()


def test_data_is_removed_only_when_nobody_uses_it(new_var_dir: Path) -> None:
    """`make demo RESET=1` beside a running demo is refused."""
    lease: Lease
    with acquire(new_var_dir) as lease:
        with pytest.raises(StackError, match="in use"):
            remove(new_var_dir)
        assert query(lease.stack.admin_url, "SELECT 1") == 1
    before = describe(new_var_dir)
    remove(new_var_dir)
    assert not (before.home / "postgres").exists()
    assert describe(new_var_dir).passwords != before.passwords
