"""Who uses the embedded stack: the first lease starts the servers, the last one stops them.

Two locks. The gate is held while the stack starts, stops or changes. `leases.lock` is held shared by every user for
as long as it lives, so the kernel ends the lease of a process that was killed, and whoever comes next takes over what
that process left running.
"""

import atexit
import fcntl
import os
import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from config.stack.account import server_account
from config.stack.description import Stack, StackError, describe, free_ports, gate, is_free, load, save, stack_dir
from config.stack.postgres import Postgres
from config.stack.server import stop
from config.stack.valkey import Valkey
from tenants.isolation.roles import SCRATCH, prepare, prepare_scratch


class Lease:
    """The right to use the running stack, until `release()`, the end of a `with` block or the end of the process."""

    def __init__(self, var_dir: Path, stack: Stack, users: IO[str]) -> None:
        self.stack = stack
        self._var_dir = var_dir
        self._users = users
        self._process_id = os.getpid()
        atexit.register(self.release)

    def release(self) -> None:
        """Give the lease back; the last one stops the servers. Harmless when repeated or in a forked child."""
        atexit.unregister(self.release)
        if not self._users.closed and self._process_id == os.getpid():
            with gate(self._var_dir):
                _leave(self._var_dir, self._users)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(var_dir: Path) -> Lease:
    """Start PostgreSQL and Valkey where they do not run, make roles and database once, and hold them running.

    Call it before Django's settings are read: a port that somebody else took meanwhile is replaced here.
    Raises StackError when a server does not start.
    """
    describe(var_dir)
    users = _open_users(var_dir)
    with gate(var_dir):
        fcntl.flock(users, fcntl.LOCK_SH)  # never waits: the exclusive lock is only tried for behind the gate
        try:
            stack = _start(var_dir)
        except BaseException:
            _leave(var_dir, users)
            raise
    return Lease(var_dir, stack, users)


def running(var_dir: Path) -> bool:
    """Whether both servers of that var directory run now."""
    return all(server.process() for server in _servers(describe(var_dir)))


def remove(var_dir: Path) -> None:
    """Stop the servers and delete their data and passwords. Raises StackError while somebody uses them."""
    stack = describe(var_dir)
    with gate(var_dir), _open_users(var_dir) as users:
        if not _alone(users):
            raise StackError("The embedded stack is in use by another process of this checkout; stop that first.")
        stop(*_servers(stack))
        (stack_dir(var_dir) / "stack.json").unlink(missing_ok=True)
        for path in stack.home.iterdir():
            if path.is_dir():  # the files beside them are the locks, which another process may be waiting for
                shutil.rmtree(path)
        if stack.home != stack_dir(var_dir):
            stack.home.rmdir()


def _servers(stack: Stack) -> tuple[Postgres, Valkey]:
    account = server_account(stack.home)
    return Postgres(stack.home, account), Valkey(stack.home, account)


def _start(var_dir: Path) -> Stack:
    stack = load(var_dir)
    postgres, valkey = _servers(stack)
    durable = os.environ.get("SEKISHO_MODE") != "test"
    # A data directory that was deleted is made anew, empty: roles and database are then made anew as well.
    prepared = stack.prepared and postgres.data.exists()
    if not postgres.process():
        if not is_free(stack.postgres_port):
            stack = replace(stack, postgres_port=free_ports(1)[0])
            save(var_dir, stack)
        postgres.start(stack, durable=durable)
    if not valkey.process():
        if not is_free(stack.valkey_port):
            stack = replace(stack, valkey_port=free_ports(1)[0])
            save(var_dir, stack)
        valkey.start(stack, durable=durable)
    if not prepared:
        prepare(stack.admin_url, stack.passwords)
        stack = replace(stack, prepared=True)
        save(var_dir, stack)
    if not stack.scratch_password:
        stack = replace(stack, scratch_password=secrets.token_urlsafe())
        prepare_scratch(stack.admin_url, SCRATCH, stack.scratch_password)
        save(var_dir, stack)
    return stack


def _open_users(var_dir: Path) -> IO[str]:
    return (stack_dir(var_dir) / "leases.lock").open("a")


def _alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave(var_dir: Path, users: IO[str]) -> None:
    try:
        if _alone(users):
            stop(*_servers(load(var_dir)))
    finally:
        fcntl.flock(users, fcntl.LOCK_UN)  # for the copies of this file that forked children hold, too
        users.close()
