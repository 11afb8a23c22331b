"""Everything in the key store, one folder of versions after the other: for the state of the keys, proofs, rotations."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from vault.errors import ObjectMissing, VaultError
from vault.keystore import KeyStore
from vault.records import Record, Records
from vault.stores.interface import ObjectInfo
from vault.wrapping import INSTALLATION, SIGNING_FORMAT, Kind, made_as, made_at


class Group(StrEnum):
    """What a folder of the key store is about, named as it is there."""

    INSTALLATION = "installation"
    TENANT = "tenants"
    SIGNING = "signing"
    DESTROYED = "destroyed"
    ESCROW = "escrow"


WRAPPED = (Group.INSTALLATION, Group.TENANT, Group.SIGNING)


@dataclass(frozen=True, slots=True)
class Folder:
    """The versions of one record; `name` is the tenant's id, the purpose, or nothing."""

    group: Group
    name: str
    records: Records

    @property
    def tenant_id(self) -> UUID:
        """Of a tenant's folder. Raises ValueError when it is no id."""
        return UUID(self.name)

    def kind(self, keys: KeyStore) -> Kind:
        """How it is wrapped. Raises ValueError for a folder that is no tenant's and holds none of our records."""
        if self.group is Group.INSTALLATION:
            return INSTALLATION
        return keys.kind(self.tenant_id) if self.group is Group.TENANT else keys.signing.kind(self.name)

    def versions(self, kind: Kind) -> Iterator[tuple[ObjectInfo, Record]]:
        """All versions, oldest first; such as were removed meanwhile are left out."""
        for info in self.records.listing():
            with contextlib.suppress(ObjectMissing):
                yield info, self.records.read(info, kind.format)


@dataclass(frozen=True, slots=True)
class Described:
    """A folder in numbers: its versions by root key, the newest one, and since when (ISO, UTC) its key serves."""

    group: Group
    name: str
    root_keys: Counter[str]
    newest: Record
    keys: int
    since: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that does not open, and why."""

    place: str
    reason: str


def folders(keys: KeyStore, *groups: Group) -> Iterator[Folder]:
    """Every folder of those groups (of all that are wrapped), by name."""
    store = keys.wrapping.store
    for group in groups or WRAPPED:
        seen = ""
        for info in store.list(f"{group}/"):
            folder = info.name.rpartition("/")[0]
            if folder != seen:
                seen = folder
                yield Folder(group, folder.removeprefix(group).lstrip("/"), Records(store, folder))


def described(keys: KeyStore, folder: Folder) -> Described | None:
    """The folder in numbers, without opening anything; None when it is empty. Raises KeysAltered, ValueError."""
    found = [record for _, record in folder.versions(folder.kind(keys))]
    if not found:
        return None
    newest = found[-1]
    if newest["format"] == SIGNING_FORMAT:
        newest = max(found, key=made_as)
        amount = len({made_as(record) for record in found})
    else:
        amount = len(newest.get("key_ids", ()))
    by_root = Counter(str(record.get("root_key")) for record in found)
    return Described(folder.group, folder.name, by_root, newest, amount, made_at(newest))


def unreadable(keys: KeyStore) -> Iterator[Unreadable | None]:
    """Open the newest version of every key in the store: None for each folder that opens whole, else what does not."""
    for folder in folders(keys):
        try:
            _open_all(keys, folder)
        except (VaultError, ValueError) as error:
            yield Unreadable(folder.records.folder, str(error))
        else:
            yield None


def _open_all(keys: KeyStore, folder: Folder) -> None:
    kind = folder.kind(keys)
    newest = {made_as(record): (info, record) for info, record in folder.versions(kind)}
    for info, record in newest.values():
        keys.wrapping.opened(kind, record, info.name)
