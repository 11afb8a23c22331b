"""A folder as an object store, for one machine or a network disk with hard links."""

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from vault.errors import ObjectExists, ObjectMissing, StoreUnavailable
from vault.stores.interface import ObjectInfo, ObjectReader, ObjectStore, ObjectWriter
from vault.stores.names import check_name, check_prefix

# Unfinished objects stand here, out of the sight of list(); a name of an object cannot start with a dot.
_INCOMING = ".incoming"
# How often a commit tries again when a deletion took the emptied folder away under it.
_LINK_ATTEMPTS = 5


@contextlib.contextmanager
def _failures(name: str) -> Iterator[None]:
    """Disk errors by their name in the vault."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(name, error.strerror or str(error)) from error


@contextlib.contextmanager
def _lookup(name: str) -> Iterator[None]:
    """The same where a path that leads nowhere means that there is no such object."""
    with _failures(name):
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ObjectMissing(name) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _LocalReader(ObjectReader):
    def __init__(self, name: str, file: BinaryIO) -> None:
        super().__init__(name, os.fstat(file.fileno()).st_size)
        self._file = file

    def read(self, size: int = -1) -> bytes:
        with _failures(self.name):
            return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class _LocalWriter(ObjectWriter):
    """Writes to a nameless place, makes it durable, then links it to its name: a link never replaces anything."""

    def __init__(self, root: Path, name: str) -> None:
        super().__init__(name)
        self._root = root
        self._incoming = root / _INCOMING / uuid4().hex
        with _failures(name):
            self._incoming.parent.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file: BinaryIO = os.fdopen(os.open(self._incoming, flags, 0o600), "wb")

    def _append(self, data: bytes | bytearray | memoryview) -> None:
        with _failures(self.name):
            self._file.write(data)

    def _finish(self) -> None:
        with _failures(self.name):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._link()
            # The object is there now. If this is cut short, the second link is swept later and harms nobody.
            self._incoming.unlink()

    def _link(self) -> None:
        final = self._root / self.name
        for attempt in range(_LINK_ATTEMPTS):
            try:
                folders = self._make_folders(final.parent)
                os.link(self._incoming, final)
            except FileNotFoundError:
                if attempt + 1 == _LINK_ATTEMPTS:
                    raise
            except (FileExistsError, NotADirectoryError) as error:
                raise ObjectExists(self.name) from error
            else:
                for folder in folders:
                    _sync_folder(folder)
                return

    def _make_folders(self, folder: Path) -> list[Path]:
        """Make what is missing of the way to a folder; the folders whose entries must become durable."""
        changed = [folder]
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
            changed.append(folder)
        for path in reversed(missing):
            path.mkdir(mode=0o700, exist_ok=True)
        return changed

    def _discard(self) -> None:
        # Closing writes out what is buffered, and on a full disk that fails; the file goes away all the same.
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._incoming.unlink(missing_ok=True)


class LocalStore(ObjectStore):
    """Objects as files below `root` (0600, in folders 0700).

    `create=False` means that a missing root is a failure and not an empty store: a disk that is not mounted must not
    look like "nothing was ever stored here".
    """

    def __init__(self, root: Path, *, create: bool = False) -> None:
        self.root = root
        if create:
            with _failures(str(root)):
                root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"<LocalStore {self.root}>"

    def writer(self, name: str) -> ObjectWriter:
        if self.exists(name):
            raise ObjectExists(name)
        return _LocalWriter(self.root, name)

    def open(self, name: str) -> ObjectReader:
        path = self._path(name)
        with _lookup(name):
            if path.is_dir():
                raise ObjectMissing(name)
            return _LocalReader(name, os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb"))

    def info(self, name: str) -> ObjectInfo:
        path = self._path(name)
        with _lookup(name):
            if not path.is_file():
                raise ObjectMissing(name)
            return self._info(name, path.stat())

    def exists(self, name: str) -> bool:
        return self._path(name).is_file()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        check_prefix(prefix)
        self._require_root()
        folder, _, _ = prefix.rpartition("/")
        yield from self._walk(self.root / folder, folder + "/" if folder else "", prefix)

    def delete(self, name: str) -> None:
        path = self._path(name)
        with contextlib.suppress(ObjectMissing), _lookup(name):
            if path.is_dir():
                return
            path.unlink()
            _sync_folder(path.parent)
        self._remove_empty_folders(path.parent)

    def sweep(self, older_than: timedelta) -> int:
        self._require_root()
        limit = time.time() - older_than.total_seconds()
        removed = 0
        incoming = self.root / _INCOMING
        for path in incoming.iterdir() if incoming.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # finished or swept by another process meanwhile
                if path.stat().st_mtime < limit:
                    path.unlink()
                    removed += 1
        return removed

    def _walk(self, folder: Path, base: str, prefix: str) -> Iterator[ObjectInfo]:
        try:
            with os.scandir(folder) as scan:
                # As if a folder ended in "/": the order of whole names, the same as a bucket gives.
                entries = sorted(scan, key=lambda entry: entry.name + "/" * entry.is_dir(follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            name = base + entry.name
            if entry.name.startswith(".") or not (name.startswith(prefix) or prefix.startswith(name + "/")):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path), name + "/", prefix)
            elif entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # deleted since the scan
                    yield self._info(name, entry.stat(follow_symlinks=False))

    def _path(self, name: str) -> Path:
        check_name(name)
        self._require_root()
        return self.root / name

    def _require_root(self) -> None:
        if not self.root.is_dir():
            raise StoreUnavailable("", f"the folder {self.root} does not exist; mount it or make it")

    def _info(self, name: str, stat: os.stat_result) -> ObjectInfo:
        return ObjectInfo(name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _remove_empty_folders(self, folder: Path) -> None:
        """The folders of an erased tenant go with its objects."""
        while folder != self.root:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:  # not empty: others live here
                return
            folder = folder.parent
