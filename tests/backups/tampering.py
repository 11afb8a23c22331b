"""Damaging what is stored, in a folder and in a bucket alike."""

import base64
import json
from collections.abc import Callable
from typing import Any

from backups.layout import ArchivePlace
from backups.manifest import PURPOSE, canonical
from vault.keys import key_store
from vault.stores import backup_store


def names(place: ArchivePlace, ending: str = "") -> list[str]:
    """The names of an archive's parts, those that end so."""
    return [info.name for info in backup_store().list(place.prefix) if info.name.endswith(ending)]


def content_of(name: str) -> bytes:
    """The bytes of an object."""
    with backup_store().open(name) as reader:
        return reader.read()


def replace(name: str, content: bytes) -> None:
    """Put other bytes in the place of an object, as no store that keeps its promise would let anybody."""
    backup_store().delete(name)
    backup_store().put(name, content)


def flip(name: str, position: int) -> None:
    """Flip one bit; a negative position counts from the end."""
    content = bytearray(content_of(name))
    content[position] ^= 0x10
    replace(name, bytes(content))


def rewrite_manifest(place: ArchivePlace, change: Callable[[dict[str, Any]], None], *, sign: bool = False) -> None:
    """Change the manifest, without signing it anew unless asked to."""
    envelope = json.loads(content_of(place.manifest))
    change(envelope["manifest"])
    if sign:
        signature = key_store().signing.sign(PURPOSE, canonical(envelope["manifest"]))
        envelope["signature"] = {"key": signature.key_id, "value": base64.b64encode(signature.value).decode()}
    replace(place.manifest, canonical(envelope))
