"""What each machine says of itself: its load, by whichever process of ours runs there, kept in the broker (N9).

The task that reads figures runs on one machine; processor, memory and disks are those of each. So every worker and
every web process says every few seconds how its machine is; where several run, they say the same. A machine whose last
process ends says that it leaves; one that falls silent without a word is missed.
"""

import json
import logging
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import psutil
import redis
from django.conf import settings
from django.utils import timezone

from auditlog.requests.buffer import broker

logger = logging.getLogger(__name__)

KEY = "sekisho:machines"
EVERY_SECONDS = 20
SILENT_AFTER = timedelta(minutes=2)
# Nobody takes down a machine that died; it is forgotten then, and its alert ends.
FORGOTTEN_AFTER = timedelta(days=1)

_MOMENT = 0.1
_STORES = ("VAULT_DOCUMENT_STORE", "VAULT_BACKUP_STORE", "VAULT_BACKUP_COPY_STORE", "AUDIT_ANCHOR_STORE")


@dataclass(frozen=True, slots=True)
class Report:
    """How a machine was at a moment, in percent; disks by the place where they are mounted."""

    at: str
    cpu: float
    memory: float
    disks: dict[str, float]
    left: bool = False

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing was heard for too long."""
        return now - self.moment > SILENT_AFTER

    def is_gone(self, now: datetime) -> bool:
        """Whether nobody expects to hear more."""
        return self.is_silent(now) if self.left else now - self.moment > FORGOTTEN_AFTER

    @property
    def moment(self) -> datetime:
        """When it was said."""
        return datetime.fromisoformat(self.at)


class _Reporter:
    """The reports of this process, not more often than every EVERY_SECONDS."""

    due = 0.0
    is_first = True

    def report(self, *, left: bool = False) -> None:
        if monotonic() < self.due and not left:
            return
        self.due = monotonic() + EVERY_SECONDS
        # The first reading of a process has nothing to compare with, so it waits for a moment.
        cpu = psutil.cpu_percent(interval=_MOMENT if self.is_first else None)
        self.is_first = False
        disks = {str(mount): psutil.disk_usage(str(mount)).percent for mount in mounts()}
        said = Report(timezone.now().isoformat(), cpu, psutil.virtual_memory().percent, disks, left)
        broker().hset(KEY, settings.MACHINE_NAME, json.dumps(asdict(said)))


_reporter = _Reporter()


def report() -> None:
    """Say how this machine is, if it is time to. Raises redis.RedisError when the broker does not answer."""
    _reporter.report()


def leave() -> None:
    """Say that no more is to be heard; another process of ours on the same machine will contradict."""
    _reporter.report(left=True)


def keep_reporting() -> None:
    """Say it for as long as the process lives, for one that has no clock of its own; never returns."""
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            report()
        except redis.RedisError:
            logger.warning("The broker does not answer, so this machine says nothing of itself")


def reports(now: datetime) -> dict[str, Report]:
    """What each machine last said, without those that are gone, which are forgotten."""
    said = {_text(name): Report(**json.loads(text)) for name, text in broker().hgetall(KEY).items()}
    gone = [name for name, each in said.items() if each.is_gone(now)]
    if gone:
        broker().hdel(KEY, *gone)
    return {name: each for name, each in sorted(said.items()) if name not in gone}


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def mounts() -> list[Path]:
    """The file systems that fill up: the system's own, and those on which we keep something."""
    stores = [urlsplit(str(getattr(settings, name))) for name in _STORES]
    paths = [Path("/"), Path(settings.VAR_DIR), *(Path(each.path) for each in stores if each.scheme == "file")]
    return sorted({_mount_of(path.resolve()) for path in paths})


def _mount_of(path: Path) -> Path:
    while not path.is_mount():
        path = path.parent
    return path
