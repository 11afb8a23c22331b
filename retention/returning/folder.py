"""A data return in a folder of the server, by `manage.py tenant export` (R3): plain ZIP files, whole or not at all."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import record
from retention.returning.actions import RETURN_WRITTEN
from retention.returning.progress import Progress
from retention.returning.writing import Reader, Written, write_everything
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Exported:
    """The files in their order, and what is in them."""

    files: list[Path]
    written: Written


def export_to_folder(
    tenant: Tenant, folder: Path, *, language: str, actor: Actor, tell: Callable[[Progress], None]
) -> Exported:
    """Write everything of a company into a folder that is there. Recorded in the company's log.

    The files bear their names once all of them are whole. An error leaves none, and what an export that was killed has
    left goes with the next one. Raises OSError, and what `write_everything` raises.
    """
    _remove_left_over(folder, tenant)
    shelf = _FolderShelf(folder, f"{_prefix(tenant)}{timezone.now():%Y%m%d-%H%M%S}")
    try:
        with tenant_scope(tenant.id):
            written = write_everything(tenant.id, shelf, Reader(language, tenant.time_zone), Progress(tell))
        facts = {"folder": str(folder), "files": written.files, "unreadable": written.unreadable,
                 "sha256": [part.sha256 for part in written.parts]}  # fmt: skip
        with tenant_transaction(tenant.id):
            record(RETURN_WRITTEN, actor=actor, after=facts)
        return Exported(shelf.publish(), written)
    except BaseException:
        shelf.discard()
        raise


@dataclass
class _FolderShelf:
    """Parts that end in `.part` until all are there, each locked by whoever writes it."""

    folder: Path
    stem: str
    waiting: list[Path] = field(default_factory=list)
    files: list[BinaryIO] = field(default_factory=list)

    def begin(self, number: int) -> "_FolderShelf":
        path = self.folder / f"{self.stem}-{number:02}.zip.part"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self.files.append(os.fdopen(descriptor, "wb"))
        self.waiting.append(path)
        return self

    def write(self, data: bytes) -> None:
        self.files[-1].write(data)

    def commit(self) -> None:
        self.files[-1].flush()
        os.fsync(self.files[-1].fileno())

    def publish(self) -> list[Path]:
        """Give all of them their names."""
        published = [path.rename(path.with_suffix("")) for path in self.waiting]
        self._close()
        return published

    def discard(self) -> None:
        """Leave nothing."""
        self._close()
        for path in self.waiting:
            path.unlink(missing_ok=True)
            path.with_suffix("").unlink(missing_ok=True)

    def _close(self) -> None:
        for file in self.files:
            with suppress(OSError):  # what is buffered does not fit on a full disk
                file.close()


def _remove_left_over(folder: Path, tenant: Tenant) -> None:
    """Remove what nobody writes any more: a living export holds the locks of its files."""
    for path in folder.glob(f"{_prefix(tenant)}*.zip.part"):
        with path.open("rb") as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _prefix(tenant: Tenant) -> str:
    return f"{tenant.company_code}-data-return-"
