"""Keys as they lie in the key store: wrapped by the root key that their record names, and bound to their place there.

The installation's own record says which root key wraps what is written now, so that processes that were started with
different root keys agree. While one root key succeeds another, a record has a version under each; a process reads the
newest one whose root key it holds.
"""

import base64
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from vault.errors import KeysAltered, KeyStoreEmpty, ObjectExists, ObjectMissing, RootKeyRefused, TenantKeysDestroyed
from vault.primitives import CannotDecrypt, Keyset, bind
from vault.records import Record, Records
from vault.root import RootKey, RootKeys
from vault.stores.interface import ObjectInfo, ObjectStore

INSTALLATION_FORMAT = "sekisho-installation-1"
TENANT_FORMAT = "sekisho-tenant-keys-1"
SIGNING_FORMAT = "sekisho-signing-key-1"
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its format, the field with what is wrapped, and the place to which that is bound.

    `wrap` and `unwrap` take the secret or its wrapped form, the root key and the bound place.
    """

    format: str
    field: str
    place: Callable[[Record], bytes]
    wrap: Callable[[Any, RootKey, bytes], bytes]
    unwrap: Callable[[bytes, RootKey, bytes], Any]


def _wrap_bytes(secret: bytes, root: RootKey, place: bytes) -> bytes:
    return root.encrypt(secret, place)


def _unwrap_bytes(wrapped: bytes, root: RootKey, place: bytes) -> bytes:
    return root.decrypt(wrapped, place)


def _wrap_keyset(secret: Keyset, root: RootKey, place: bytes) -> bytes:
    return secret.wrapped(root, place)


INSTALLATION = Kind(INSTALLATION_FORMAT, "check", lambda _: bind(INSTALLATION_FORMAT), _wrap_bytes, _unwrap_bytes)


def tenant_kind(installation: str, tenant_id: str) -> Kind:
    """The keyset of a tenant."""

    def place(record: Record) -> bytes:
        return bind("sekisho tenant keys 1", installation, tenant_id, str(record["version"]))

    return Kind(TENANT_FORMAT, "keyset", place, _wrap_keyset, Keyset.unwrapped)


def signing_kind(installation: str, purpose: str) -> Kind:
    """A signing key. Re-wrapped ones name the version as which they were made, their place in the order of keys."""

    def place(record: Record) -> bytes:
        made_as = [str(record["made_as"])] if "made_as" in record else []
        version, public = str(record["version"]), record["public_key"]
        return bind("sekisho signing key 1", installation, purpose, version, public, *made_as)

    return Kind(SIGNING_FORMAT, "private_key", place, _wrap_bytes, _unwrap_bytes)


def tenant_records(store: ObjectStore, tenant_id: UUID) -> Records:
    """Where the keysets of a tenant are."""
    return Records(store, f"tenants/{tenant_id}")


def destruction_records(store: ObjectStore, tenant_id: UUID) -> Records:
    """Where it is written down that the keys of a tenant were destroyed; it stays."""
    return Records(store, f"destroyed/{tenant_id}")


def refuse_destroyed(store: ObjectStore, records: Records) -> None:
    """Remove what is in the folder of a tenant whose keys were destroyed. Raises TenantKeysDestroyed then."""
    tenant_id = UUID(records.folder.removeprefix("tenants/"))
    if destruction_records(store, tenant_id).listing():
        records.delete_all()
        raise TenantKeysDestroyed(tenant_id)


def made_as(record: Record) -> int:
    """Which of the signing keys of its purpose a record holds; 0 for other kinds, whose versions replace each other."""
    return int(record.get("made_as") or record.get("version") or 0) if record.get("format") == SIGNING_FORMAT else 0


def made_at(record: Record) -> str:
    """When the key in a record was made (ISO, UTC), however often it was re-wrapped since."""
    return str(record.get("made") or record.get("created") or "")


class Wrapping:
    """The key store's records as the root keys of this process open and write them."""

    def __init__(self, store: ObjectStore, roots: RootKeys) -> None:
        self.store = store
        self.roots = roots

    def opened(self, kind: Kind, record: Record, name: str) -> Any:
        """What is wrapped in a record. Raises KeysAltered, RootKeyRefused, RootKeyUnavailable."""
        root = self._root_of(record)
        if root is None:
            raise self.refused(record)
        try:
            return kind.unwrap(base64.b64decode(record[kind.field]), root, kind.place(record))
        except (CannotDecrypt, KeyError, TypeError, ValueError) as error:
            raise KeysAltered(f"{name} was altered or moved in the key store.") from error

    def newest(self, records: Records, kind: Kind, listing: tuple[ObjectInfo, ...]) -> tuple[ObjectInfo, Record]:
        """The newest version whose root key is held here; the older ones of its kind are superseded.

        Raises RootKeyRefused when there is none, ObjectMissing when one was deleted meanwhile.
        """
        newest: Record = {}
        for info in reversed(listing):
            record = records.read(info, kind.format)
            if self._root_of(record) is not None:
                return info, record
            newest = newest or record
        raise self.refused(newest)

    def governing(self) -> Record:
        """The newest installation record, of a root key held here or not. Raises KeyStoreEmpty."""
        records = Records(self.store, "installation")
        for _attempt in range(_ATTEMPTS):
            listing = records.listing()
            if not listing:
                raise KeyStoreEmpty(
                    _("The key store %(store)s is empty. Check VAULT_KEY_STORE, or run `manage.py keys init` once.")
                    % {"store": self.store}
                )
            with contextlib.suppress(ObjectMissing):  # the end of a rotation removes old versions
                return records.read(listing[-1], INSTALLATION_FORMAT)
        raise KeysAltered("The installation record comes and goes.")

    def current(self) -> RootKey:
        """The root key that wraps what is written now, asked afresh. Raises RootKeyRefused when it is not held here."""
        record = self.governing()
        root = self._root_of(record)
        if root is None:
            raise self.refused(record)
        return root

    def add(self, records: Records, kind: Kind, version: int, secret: Any, fields: Record) -> None:
        """Write a version. Raises ObjectExists when another process was first.

        A rotation of the root key may have begun between asking and writing, and may have passed by this record
        already; then it is re-wrapped here.
        """
        root = self.current()
        self.write(records, kind, version, secret, fields, root)
        if self.current().id != root.id:
            self.rewrap(records, kind)

    def rewrap(self, records: Records, kind: Kind) -> int:
        """Give everything in the folder a version under the present root key where it has none; how many it wrote."""
        target = self.current()
        wrote = 0
        for _attempt in range(_ATTEMPTS):
            pending = self._pending(records, kind, target)
            if not pending:
                return wrote
            wrote += sum(self._rewrapped(records, kind, info, record, target) for info, record in pending)
        raise KeysAltered(f"{records.folder} changes while it is re-wrapped.")

    def _pending(self, records: Records, kind: Kind, target: RootKey) -> list[tuple[ObjectInfo, Record]]:
        """What has its newest version under another root key than the target, oldest key first."""
        newest: dict[int, tuple[ObjectInfo, Record]] = {}
        for info in records.listing():
            with contextlib.suppress(ObjectMissing):  # destroyed, or superseded and removed
                record = records.read(info, kind.format)
                newest[made_as(record)] = info, record
        return [newest[key] for key in sorted(newest) if newest[key][1].get("root_key") != target.id]

    def _rewrapped(self, records: Records, kind: Kind, info: ObjectInfo, record: Record, target: RootKey) -> int:
        secret = self.opened(kind, record, info.name)
        version = max((records.version(one) for one in records.listing()), default=0) + 1
        fields = {name: value for name, value in record.items() if name not in {"version", "created", kind.field}}
        fields["made"] = made_at(record)
        if kind.format == SIGNING_FORMAT:
            fields["made_as"] = made_as(record)
        try:
            self.write(records, kind, version, secret, fields, target)
        except ObjectExists:  # somebody else wrote; look again
            return 0
        return 1

    def write(self, records: Records, kind: Kind, version: int, secret: Any, fields: Record, root: RootKey) -> None:
        """Write a version under that root key.

        Raises ObjectExists; TenantKeysDestroyed when the tenant's keys were destroyed while this was under way.
        """
        record = {**fields, "format": kind.format, "root_key": root.id}
        wrapped = kind.wrap(secret, root, kind.place({**record, "version": version}))
        records.add(version, {**record, kind.field: base64.b64encode(wrapped).decode()})
        if kind.format == TENANT_FORMAT:
            # Whoever destroys writes that down first and lists afterwards: one of the two sees the other.
            refuse_destroyed(self.store, records)

    def _root_of(self, record: Record) -> RootKey | None:
        key_id = record.get("root_key")
        return self.roots.present if key_id is None else self.roots.named(str(key_id))

    def refused(self, record: Record) -> RootKeyRefused:
        """What to raise about a record whose root key is not held here."""
        return RootKeyRefused(
            _("The root key %(mine)s does not open this key store, which belongs to %(theirs)s.")
            % {"mine": self.roots.present.id, "theirs": record.get("root_key")}
        )
