"""Valkey of the embedded stack: broker and cache."""

import signal
import time
from pathlib import Path

import redis

from config.stack.description import LOOPBACK, Stack
from config.stack.programs import valkey_program
from config.stack.server import Server

_START_SECONDS = 30


class Valkey(Server):
    """The broker."""

    stop_signal = signal.SIGTERM

    @property
    def data(self) -> Path:
        """The append-only file and its like."""
        return self.home / "valkey"

    @property
    def pid_file(self) -> Path:
        """Written by the server itself."""
        return self.data / "valkey.pid"

    def start(self, stack: Stack, *, durable: bool) -> None:
        """Start on the stack's port with what was kept."""
        self.make_data_directory(self.data)
        settings = {
            "bind": LOOPBACK,
            "port": stack.valkey_port,
            "requirepass": stack.valkey_password,
            "pidfile": self.pid_file,
            "logfile": self.log,
            "appendonly": "yes" if durable else "no",
            "save": '""',
            "daemonize": "yes",
            "set-proc-title": "no",  # the title would hide the data directory, by which the process is recognised
        }
        # By standard input, because everybody may read the command line and the password is none of their business.
        self.account.run(
            *(valkey_program(self.home, self.account), "-", "--dir", self.data),
            cwd=self.home,
            given="".join(f"{name} {value}\n" for name, value in settings.items()),
        )
        self._wait_until_it_answers(stack)

    def _wait_until_it_answers(self, stack: Stack) -> None:
        deadline = time.monotonic() + _START_SECONDS
        with redis.Redis.from_url(stack.redis_url) as client:
            while True:
                try:
                    client.ping()
                except redis.RedisError as error:  # not listening yet, or still loading what it kept
                    if time.monotonic() > deadline:
                        raise self.failed("The embedded Valkey did not start:") from error
                    time.sleep(0.02)
                else:
                    return
