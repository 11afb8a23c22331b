"""Rotation of the root key: every key in the key store is re-wrapped, and then the old root key opens nothing (P5).

`rotate_root` makes the new key the present one and gives every record a version under it. The old versions stay, so at
every moment each process reads with the root key that it holds, old or new. `finish_root` proves that everything opens
under the new key, removes the old versions and forgets the old key. Both may be killed anywhere and run again.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from vault import rootfile
from vault.errors import RotationRefused, TenantKeysDestroyed
from vault.keystore import KeyStore
from vault.records import Records
from vault.survey import Folder, Group, folders, unreadable
from vault.wrapping import INSTALLATION, destruction_records

# A process that asked for the present root key just before the rotation has written by then: KMS is tried for four
# minutes at most (vault.aws).
FINISH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: both root keys, folders seen, versions written or removed."""

    old: str
    new: str
    folders: int
    versions: int


def rotate_root(keys: KeyStore, path: Path | None, *, step: Callable[[int], None] = lambda _: None) -> Rotated:
    """Begin a rotation, or take up one that was cut short, and re-wrap everything under the present root key.

    `path` is the root key file; None when the settings name another key in KMS than the store's. `step` hears of each
    folder. Raises RotationRefused, RootKeyRefused, RootKeyUnavailable, KeysAltered.
    """
    with _alone(path):
        roots = keys.wrapping.roots
        roots.reload()
        before = str(keys.wrapping.governing().get("root_key"))
        if roots.present.id == before and not is_unfinished(keys, path):
            if path is None:
                raise RotationRefused(
                    _(
                        "VAULT_ROOT_KEY is the present root key already. Write the new one there, the present one "
                        "into VAULT_ROOT_KEY_PREVIOUS, restart every process, and run this again."
                    )
                )
            rootfile.add_key(path)
            roots.reload()
        seen = wrote = 0
        if roots.present.id != before:
            _govern(keys)
            wrote = 1
        for folder in folders(keys):
            wrote += _rewrap(keys, folder)
            seen += 1
            step(1)
        return Rotated(before, roots.present.id, seen, wrote)


def finish_root(keys: KeyStore, path: Path | None, *, step: Callable[[int], None] = lambda _: None) -> Rotated:
    """End a rotation: nothing is left that the old root key opens, and a root key file forgets it.

    Raises RotationRefused with the reason while that would leave something unreadable.
    """
    with _alone(path):
        keys.wrapping.roots.reload()
        present = _finishable(keys, path)
        for folder in folders(keys):
            _rewrap(keys, folder)
        broken = [found for found in unreadable(keys) if found]
        if broken:
            raise RotationRefused(
                _("%(place)s does not open, so the old root key has to stay: %(reason)s")
                % {"place": broken[0].place, "reason": broken[0].reason}
            )
        seen = removed = 0
        old = ""
        # The installation's own record comes last: it says where a repetition after a kill has to go on.
        for folder in (*folders(keys, Group.TENANT, Group.SIGNING), *folders(keys, Group.INSTALLATION)):
            for version, root_key in _superseded(keys, folder, present):
                old = root_key
                keys.wrapping.store.delete(version)
                removed += 1
            seen += 1
            step(1)
        if path is not None:
            rootfile.keep_only_primary(path)
        return Rotated(old, present, seen, removed)


def is_unfinished(keys: KeyStore, path: Path | None) -> bool:
    """Whether a rotation has begun and not ended: the installation's own record is its first deed and its last."""
    if path is not None and len(rootfile.read_keyset(path).key_ids) > 1:
        return True
    present = str(keys.wrapping.governing().get("root_key"))
    return any(True for folder in folders(keys, Group.INSTALLATION) for _old in _superseded(keys, folder, present))


def _finishable(keys: KeyStore, path: Path | None) -> str:
    record = keys.wrapping.governing()
    present = str(record.get("root_key"))
    if present != keys.wrapping.roots.present.id:
        raise RotationRefused(_("The rotation has not begun: run `manage.py keys rotate --root` first."))
    if not is_unfinished(keys, path):
        raise RotationRefused(_("There is no rotation to finish."))
    ready = datetime.fromisoformat(record["created"]) + FINISH_AFTER
    if datetime.now(UTC) < ready:
        raise RotationRefused(
            _("Wait until %(time)s UTC: until then a process may still write under the old root key.")
            % {"time": f"{ready:%H:%M:%S}"}
        )
    return present


def _govern(keys: KeyStore) -> None:
    """From now on the present root key wraps what is written."""
    records = Records(keys.wrapping.store, "installation")
    listing = records.listing()
    info, record = keys.wrapping.newest(records, INSTALLATION, listing)
    secret = keys.wrapping.opened(INSTALLATION, record, info.name)
    fields = {"installation": record["installation"], "made": record.get("made") or record["created"]}
    version = records.version(listing[-1]) + 1
    keys.wrapping.write(records, INSTALLATION, version, secret, fields, keys.wrapping.roots.present)


def _rewrap(keys: KeyStore, folder: Folder) -> int:
    if folder.group is Group.TENANT and _is_destroyed(keys, folder):
        folder.records.delete_all()  # what a rotation wrote that was killed while the keys were being destroyed
        return 0
    with contextlib.suppress(TenantKeysDestroyed):
        return keys.wrapping.rewrap(folder.records, folder.kind(keys))
    return 0


def _is_destroyed(keys: KeyStore, folder: Folder) -> bool:
    return bool(destruction_records(keys.wrapping.store, folder.tenant_id).listing())


def _superseded(keys: KeyStore, folder: Folder, present: str) -> Iterator[tuple[str, str]]:
    """Versions under another root key, by the name of their object and the id of that key."""
    for info, record in folder.versions(folder.kind(keys)):
        if record.get("root_key") != present:
            yield info.name, str(record.get("root_key"))


@contextmanager
def _alone(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
    else:
        with rootfile.exclusive(path):
            yield
