"""PostgreSQL of the embedded stack: make the cluster, start it."""

import os
import shutil
import signal
from pathlib import Path

from config.stack.description import LOOPBACK, Stack, StackError
from config.stack.programs import postgres_programs
from config.stack.server import Server

_START_SECONDS = 120  # after a crash, recovery comes first


class Postgres(Server):
    """The database server."""

    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back, everything is written out

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.home / "postgres"

    @property
    def pid_file(self) -> Path:
        """Written by the server itself."""
        return self.data / "postmaster.pid"

    def start(self, stack: Stack, *, durable: bool) -> None:
        """Start the cluster on the stack's port; make it first where there is none."""
        programs = postgres_programs(self.home, self.account)
        if not self.data.exists():
            self._create(programs, stack.admin_password, durable=durable)
        self._disown_pid_file()
        options = {"port": stack.postgres_port, "listen_addresses": LOOPBACK, "unix_socket_directories": ""}
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        started = self.account.run(
            *(programs / "pg_ctl", "start", "-w", "-t", str(_START_SECONDS), "-D", self.data, "-l", self.log),
            *("-o", " ".join(f"-c {name}={value}" for name, value in options.items())),
            cwd=self.home,
        )
        if started.returncode != 0:
            raise self.failed("The embedded PostgreSQL did not start:")

    def _create(self, programs: Path, password: str, *, durable: bool) -> None:
        """Make the cluster under another name first: a cluster that was cut short never looks like a whole one."""
        fresh = self.home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.make_data_directory(fresh)
        password_file = self.home / "postgres.password"
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        self.account.own([password_file])
        try:
            made = self.account.run(
                *(programs / "initdb", "-D", fresh, "--username=postgres", f"--pwfile={password_file}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("-c", "timezone=UTC", "-c", "log_timezone=UTC"),
                *([] if durable else ["--no-sync"]),
                cwd=self.home,
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise StackError(f"The embedded PostgreSQL could not be set up:\n{made.stderr}")
        fresh.rename(self.data)

    def _disown_pid_file(self) -> None:
        """Let the server overwrite what a crash left, even if another program has the crashed server's number now.

        PostgreSQL takes any live process of its account with that number for another server and refuses to start. It
        knows its starter's number, though, and takes that for stale. The rest of the file stays, because the server
        finds orphans of the crashed one by it.
        """
        if self.process() is None and self.pid_file.exists():
            _, *rest = self.pid_file.read_text().splitlines() or [""]
            self.pid_file.write_text("\n".join([str(os.getpid()), *rest]) + "\n")
