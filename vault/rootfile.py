"""The root key as a file: a Tink keyset in clear, readable by its owner only, replaced whole or not at all (P5).

During a rotation the file holds the new key (the primary one) and the old one beside it, so that a process that starts
then opens both what was re-wrapped already and what was not.
"""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from vault.errors import RootKeyExists, RootKeyMissing, RootKeyUnavailable, RotationRefused
from vault.primitives import Keyset

FILE_FORMAT = "sekisho-root-key-1"


def key_name(key_id: str) -> str:
    """The id of a root key in a file, as records name it."""
    return f"file:{key_id}"


def read_keyset(path: Path) -> Keyset:
    """The keys in the file. Raises RootKeyMissing, RootKeyUnavailable."""
    try:
        text = path.read_text()
    except FileNotFoundError as error:
        raise RootKeyMissing(
            _(
                "There is no root key at %(path)s. Put the key of this installation there (from its escrow), "
                "or make the first one with `manage.py keys init`."
            )
            % {"path": path}
        ) from error
    except OSError as error:
        raise RootKeyUnavailable(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise _no_root_key(path) from error
    return parse(text, path)


def parse(text: str, path: Path) -> Keyset:
    """The keys in the text of such a file. Raises RootKeyMissing; `path` is for its message."""
    try:
        content = json.loads(text)
        if content["format"] != FILE_FORMAT:
            raise ValueError(content["format"])
        return Keyset.from_clear_json(json.dumps(content["keyset"]))
    except (ValueError, KeyError, TypeError) as error:
        raise _no_root_key(path) from error


def create(path: Path, content: bytes | None = None) -> None:
    """Make the file, mode 0600, with a new key or with `content`. Raises RootKeyExists: none is ever overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _beside(path, content or _content(Keyset.new_aead()), 0o600) as fresh:
        try:
            # A link fails where a rename would replace: two processes that start together end with one key.
            os.link(fresh, path)
        except FileExistsError as error:
            raise RootKeyExists(_("There is a root key at %(path)s already.") % {"path": path}) from error
        _sync_folder(path.parent)


def add_key(path: Path) -> None:
    """Put a new primary key beside the present one, unless a rotation has begun so already."""
    keyset = read_keyset(path)
    if len(keyset.key_ids) == 1:
        _replace(path, keyset.grown())


def keep_only_primary(path: Path) -> None:
    """Forget the older keys, which nothing in the key store needs any more."""
    keyset = read_keyset(path)
    if len(keyset.key_ids) > 1:
        _replace(path, keyset.only(keyset.primary_id))


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One rotation at a time: two would each add a key and lose the other's. Raises RotationRefused."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RotationRefused(_("Another rotation of the root key is at work.")) from error
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, keyset: Keyset) -> None:
    """The whole file at once, with the owner and the mode of the one before."""
    before = path.stat()
    try:
        with _beside(path, _content(keyset), stat.S_IMODE(before.st_mode)) as fresh:
            os.chown(fresh, before.st_uid, before.st_gid)
            fresh.replace(path)
            _sync_folder(path.parent)
    except OSError as error:
        raise RootKeyUnavailable(f"{path}: {error.strerror}") from error


@contextmanager
def _beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """The content, durable, under another name in the same folder; gone afterwards unless it was renamed."""
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        yield fresh
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()


def _content(keyset: Keyset) -> bytes:
    content: dict[str, Any] = {
        "format": FILE_FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "keyset": json.loads(keyset.to_clear_json()),
    }
    return json.dumps(content, indent=2).encode()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _no_root_key(path: Path) -> RootKeyMissing:
    return RootKeyMissing(_("%(path)s is not a root key of Sekisho.") % {"path": path})
