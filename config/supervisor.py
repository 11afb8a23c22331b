"""Web server, worker and scheduler as one foreground process, for `make demo`."""

import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from honcho.manager import Manager
from honcho.printer import Message, Printer

from config.healthcheck import answers

_STOPPED_ON_REQUEST = {128 + signal.SIGINT, 128 + signal.SIGTERM}


def supervise(port: int, *, directory: Path, when_it_answers: Callable[[], None]) -> int:
    """Run the three programs until one of them ends or this process is told to stop; then stop all of them.

    `when_it_answers` is called once the web server on the loopback `port` does. Returns the exit code: 0 for a stop
    that was asked for.
    """
    web = ["gunicorn", "-c", "python:config.gunicorn", "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "3"]
    celery = ["celery", "-q", "-A", "config"]
    programs = {
        "web": [*web, "config.wsgi"],
        # Restores too: here every program has the owner's rights, so a worker apart would keep nothing apart.
        "worker": [*celery, "worker", "-Q", "celery,restores", "--concurrency", "2", "--loglevel", "WARNING"],
        "scheduler": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }
    manager = Manager(_Printer(lambda: _wait_for_answer(port, when_it_answers)))
    for name, program in programs.items():
        # Celery warns of root at length, and a demo on a bare machine is often root's.
        command = [sys.executable, "-W", "ignore::UserWarning:celery.platforms", "-m", *program]
        # exec: signals reach the program itself, not a shell in front of it
        manager.add_process(name, f"exec {shlex.join(command)}", cwd=str(directory))
    manager.loop()
    return 0 if manager.returncode in _STOPPED_ON_REQUEST else manager.returncode or 1


class _Printer(Printer):  # type: ignore[misc]  # honcho has no types
    """Passes the programs' lines on; the first line means that all of them have been forked.

    Only then may a thread start: one that existed at the fork could leave a lock taken for ever in the children.
    """

    def __init__(self, watch: Callable[[], None]) -> None:
        super().__init__(sys.stdout)
        self._watcher = threading.Thread(target=watch, daemon=True)

    def write(self, message: Message) -> None:
        if self._watcher.ident is None:
            self._watcher.start()
        super().write(message)


def _wait_for_answer(port: int, when_it_answers: Callable[[], None]) -> None:
    while not answers(port):
        time.sleep(0.1)
    when_it_answers()
