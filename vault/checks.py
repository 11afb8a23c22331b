"""System checks: keys and what they protect must not lie together, and the root key must be private (P5, R1)."""

import stat
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from vault.root import root_key_path

_STORES = (
    "VAULT_KEY_STORE",
    "VAULT_DOCUMENT_STORE",
    "VAULT_BACKUP_STORE",
    "VAULT_BACKUP_COPY_STORE",
    "AUDIT_ANCHOR_STORE",
)
# A group may read (an orchestrator hands secrets out that way), nobody else may do anything.
_TOO_OPEN = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


def _configured() -> list[str]:
    """The stores that there are: a second site need not be."""
    return [setting for setting in _STORES if setting != "VAULT_BACKUP_COPY_STORE" or getattr(settings, setting)]


def _place(url: str) -> tuple[str, PurePosixPath]:
    """A store as (disk or bucket, path in it). Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return "file", PurePosixPath(Path(unquote(parts.path)).resolve())
    if parts.scheme == "s3" and parts.netloc:
        return f"s3://{parts.netloc}?{parts.query}", PurePosixPath("/", parts.path.strip("/"))
    raise ImproperlyConfigured(f"{url!r} is no object store: write file:///folder or s3://bucket/prefix.")


def _nested(one: tuple[str, PurePosixPath], other: tuple[str, PurePosixPath]) -> bool:
    """Whether one lies in the other, or both are the same."""
    return one[0] == other[0] and (one[1].is_relative_to(other[1]) or other[1].is_relative_to(one[1]))


def lies_within_a_store(path: Path) -> str:
    """The setting of the store in whose folder the path lies; empty when it lies in none."""
    place = ("file", PurePosixPath(path.resolve()))
    return next((setting for setting in _configured() if _nested(place, _place(getattr(settings, setting)))), "")


@register
def stores_apart(**_kwargs: Any) -> list[CheckMessage]:
    """vault.E001-E003, vault.W001: the stores and the root key each have a place of their own."""
    found: list[CheckMessage] = []
    places: dict[str, tuple[str, PurePosixPath]] = {}
    for setting in _configured():
        try:
            places[setting] = _place(getattr(settings, setting))
        except ImproperlyConfigured as error:
            found.append(Error(f"{setting}: {error}", id="vault.E002"))
    names = list(places)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            if _nested(places[one], places[other]):
                found.append(_overlap(one, other))
            elif one == "VAULT_KEY_STORE" and places[one][0] == places[other][0] != "file":
                hint = "Give the keys a bucket of their own, with its own access rules and without copies elsewhere."
                found.append(checks.Warning(f"{one} shares a bucket with {other}.", hint=hint, id="vault.W001"))
    return found


def _overlap(one: str, other: str) -> Error:
    hint = "Whoever copies or restores one would do so with the other; destroyed keys would come back with old data."
    return Error(f"{one} and {other} overlap.", hint=hint, id="vault.E001")


@register
def root_key_safe(**_kwargs: Any) -> list[CheckMessage]:
    """vault.E003-E005: the root key has an address, stands apart from the stores, and is private."""
    try:
        path = root_key_path(settings.VAULT_ROOT_KEY)
    except ImproperlyConfigured as error:
        return [Error(f"VAULT_ROOT_KEY: {error}", id="vault.E003")]
    if path is None:
        return []
    found: list[CheckMessage] = []
    key = ("file", PurePosixPath(path.resolve()))
    for setting in _configured():
        try:
            inside = _nested(key, _place(getattr(settings, setting)))
        except ImproperlyConfigured:
            continue  # vault.E002 tells it
        if inside:
            found.append(Error(f"VAULT_ROOT_KEY lies inside {setting}.", hint="Move it away.", id="vault.E004"))
    if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & _TOO_OPEN:
        hint = f"chmod 600 {path}"
        found.append(Error(f"The root key is open to others (mode {mode:04o}).", hint=hint, id="vault.E005"))
    return found
