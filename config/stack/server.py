"""What PostgreSQL and Valkey have in common here: a data directory, a log, a pid file, a start and a stop."""

import signal
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.stack.account import Account
from config.stack.description import Stack, StackError

_PATIENCE = 30  # seconds for an orderly stop


@dataclass(frozen=True)
class Server(ABC):
    """One server of the stack. It outlives the process that starts it; its data directory tells whether it runs."""

    home: Path
    account: Account

    @property
    @abstractmethod
    def data(self) -> Path:
        """The data directory."""

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """Where the server writes its process id first."""

    @property
    @abstractmethod
    def stop_signal(self) -> signal.Signals:
        """The signal for an orderly stop that does not wait for clients."""

    @abstractmethod
    def start(self, stack: Stack, *, durable: bool) -> None:
        """Start and wait until it answers. Callers hold the gate. Raises StackError with the end of the log."""

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.data / "server.log"

    def process(self) -> psutil.Process | None:
        """The live server. A pid file may be left from a crash and its number may be another program's by now."""
        try:
            process = psutil.Process(int(self.pid_file.read_text().split()[0]))
            ours = str(self.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None
        return process if ours else None

    def make_data_directory(self, path: Path) -> Path:
        """A private directory of the servers' account."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.account.own([path])
        return path

    def failed(self, what: str) -> StackError:
        """The error to raise, with what the log says last."""
        log = self.log.read_text(errors="replace").splitlines()[-15:] if self.log.exists() else []
        return StackError("\n".join([what, *log]))


def stop(*servers: Server) -> None:
    """Stop servers together, in order if they can, by force if they must. Callers hold the gate."""
    stopping = [(process, server) for server in servers if (process := server.process())]
    for process, server in stopping:
        process.send_signal(server.stop_signal)
    for process, _ in stopping:
        for force in (signal.SIGQUIT, signal.SIGKILL):
            if _ends(process):
                break
            process.send_signal(force)


def _ends(process: psutil.Process) -> bool:
    """Wait for the end. Not psutil's wait(): that also waits until init has cleared the dead process away."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False
