"""What is left behind by a crash, or taken by somebody else, does not stop the next start."""

import socket
import subprocess
from pathlib import Path

import psutil

from config.stack import acquire, describe, running
from config.stack.account import server_account
from tenants.isolation.roles import APP
from tests.config.stack.servers import postgres_process_id, query


def test_servers_start_again_after_a_crash(var_dir: Path) -> None:
    """Both servers killed, their pid files left behind: committed data is there at the next start."""
    with acquire(var_dir) as lease:
        query(lease.stack.admin_url, "CREATE TABLE kept_over_crash AS SELECT 1 AS value")
    with acquire(var_dir) as lease:
        family = [psutil.Process(postgres_process_id(lease.stack))]
        family += family[0].children()
        family.append(psutil.Process(int((lease.stack.home / "valkey/valkey.pid").read_text())))
        for process in family:
            process.kill()
        psutil.wait_procs(family)
        assert not running(var_dir)
        with acquire(var_dir):
            assert query(lease.stack.admin_url, "SELECT value FROM kept_over_crash") == 1


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
            assert query(stack.admin_url, "SELECT 1") == 1
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
        assert query(lease.stack.url_for(APP), "SELECT 1") == 1
        assert {lease.stack.postgres_port, lease.stack.valkey_port}.isdisjoint(taken)
        assert describe(var_dir) == lease.stack
        assert lease.stack.passwords == before.passwords
