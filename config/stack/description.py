"""What there is to know about one embedded stack: places, ports and passwords, in `<var>/stack/stack.json`."""

import dataclasses
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.stack.account import choose_home
from tenants.isolation.roles import ROLES, SCRATCH

LOOPBACK = "127.0.0.1"


class StackError(Exception):
    """The embedded stack cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Stack:
    """Where the servers are and how to log in. `home` holds their data, usually beside stack.json."""

    home: Path
    postgres_port: int
    valkey_port: int
    prepared: bool = False
    admin_password: str = field(default_factory=secrets.token_urlsafe, repr=False)
    valkey_password: str = field(default_factory=secrets.token_urlsafe, repr=False)
    passwords: Mapping[str, str] = field(
        default_factory=lambda: {role: secrets.token_urlsafe() for role in ROLES}, repr=False
    )
    # Empty until its role is made: a stack of an earlier release had none.
    scratch_password: str = field(default="", repr=False)

    @property
    def admin_url(self) -> str:
        """The superuser, for making roles and databases."""
        return f"postgres://postgres:{self.admin_password}@{LOOPBACK}:{self.postgres_port}/postgres"

    @property
    def redis_url(self) -> str:
        """Broker and cache."""
        return f"redis://:{self.valkey_password}@{LOOPBACK}:{self.valkey_port}/0"

    @property
    def scratch_url(self) -> str:
        """The role that makes databases for restore drills, and enters no others; empty before there is one."""
        if not self.scratch_password:
            return ""
        return f"postgres://{SCRATCH}:{self.scratch_password}@{LOOPBACK}:{self.postgres_port}/postgres"

    def url_for(self, role: str) -> str:
        """The database `sekisho` as one of the three roles."""
        return f"postgres://{role}:{self.passwords[role]}@{LOOPBACK}:{self.postgres_port}/sekisho"


def describe(var_dir: Path) -> Stack:
    """The stack of that var directory; its description is made at the first call. Starts nothing."""
    try:
        return load(var_dir)
    except FileNotFoundError:
        with gate(var_dir):
            try:  # another process may have come first
                return load(var_dir)
            except FileNotFoundError:
                postgres_port, valkey_port = free_ports(2)
                stack = Stack(choose_home(stack_dir(var_dir)), postgres_port, valkey_port)
                save(var_dir, stack)
                return stack
    except PermissionError as error:
        raise StackError(
            f"{error.filename} belongs to another user; set SEKISHO_VAR to a directory of yours."
        ) from error


def stack_dir(var_dir: Path) -> Path:
    """The directory of everything here; made when missing."""
    directory = var_dir.resolve() / "stack"
    directory.mkdir(parents=True, exist_ok=True, mode=0o711)
    return directory


@contextmanager
def gate(var_dir: Path) -> Iterator[None]:
    """One process at a time changes the stack: its description, and whether it runs. Not reentrant."""
    with (stack_dir(var_dir) / "gate.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # a child that was forked meanwhile must not keep the gate shut


def load(var_dir: Path) -> Stack:
    """Read the description; raises FileNotFoundError when there is none yet."""
    directory = stack_dir(var_dir)
    values = json.loads((directory / "stack.json").read_text())
    return Stack(**values | {"home": directory / values["home"]})


def save(var_dir: Path, stack: Stack) -> None:
    """Write the description in one step: readers take no lock. Callers hold the gate."""
    directory = stack_dir(var_dir)
    path, fresh = directory / "stack.json", directory / "stack.json.new"
    home = "." if stack.home == directory else str(stack.home)  # relative, so that a checkout can be moved
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(dataclasses.asdict(stack) | {"home": home}, indent=2))
    if os.geteuid() == 0 and path.exists():  # root at work in somebody's checkout: the owner reads it again later
        os.chown(fresh, path.stat().st_uid, path.stat().st_gid)
    fresh.replace(path)


def free_ports(count: int) -> list[int]:
    """Different free TCP ports on the loopback address."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def is_free(port: int) -> bool:
    """Whether a server could listen on that loopback port now."""
    try:
        with closing(socket.create_server((LOOPBACK, port))):
            return True
    except OSError:
        return False
