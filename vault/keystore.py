"""The key store: where the keys of tenants live, wrapped by the root key, away from the database and from every backup.

    installation/<n>.json       which installation this is, sealed by its root key, and which root key that is now
    tenants/<tenant>/<n>.json   the keyset of a tenant; the newest version counts
    signing/<purpose>/<n>.json  signing keys (vault.signing)
    destroyed/<tenant>/1.json   that the keys of a tenant were destroyed; written first, and it stays
    escrow/<n>.json             exports of the root key and drills with them (vault.escrow)

Destroying a tenant's keys makes its objects and archives unreadable at once, all generations included (R1).
"""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from vault.errors import (
    KeysAltered,
    ObjectExists,
    RotationRefused,
    SecretUnreadable,
    StoreUnavailable,
    TenantKeysExist,
    TenantKeysMissing,
)
from vault.primitives import Keyset
from vault.records import RecentlyUsed, Record, Records, Stamp
from vault.root import RootKeys
from vault.signing import SigningKeys
from vault.stores.interface import ObjectStore
from vault.tenantkeys import TenantKeys
from vault.wrapping import (
    INSTALLATION,
    TENANT_FORMAT,
    Kind,
    Wrapping,
    destruction_records,
    refuse_destroyed,
    tenant_kind,
    tenant_records,
)

DESTROYED_FORMAT = "sekisho-destroyed-keys-1"
# How long another process may still read after a destruction, and how many tenants' keys one process holds.
KEPT_SECONDS = 30.0
KEPT_TENANTS = 512
# KMS wraps 4 KiB at once, which is some forty keys.
MOST_KEYS = 30


@dataclass(frozen=True, slots=True)
class DestroyedKeys:
    """What a destruction removed, for the certificate: the ids of the keys and the number of versions (R2)."""

    tenant_id: UUID
    key_ids: tuple[str, ...]
    versions: int


def initialise(store: ObjectStore, roots: RootKeys) -> bool:
    """Write down which installation and root key this store belongs to; False when that was done before."""
    records = Records(store, "installation")
    if records.listing():
        return False
    installation = str(uuid4())
    try:
        Wrapping(store, roots).write(
            records, INSTALLATION, 1, installation.encode(), {"installation": installation}, roots.present
        )
    except ObjectExists:
        return False
    return True


class KeyStore:
    """Keys of tenants and of signatures. Safe to use from several threads."""

    def __init__(self, store: ObjectStore, roots: RootKeys, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self.wrapping = Wrapping(store, roots)
        self._store = store
        self._recent = RecentlyUsed(self._listing, self._load, seconds=kept_seconds, size=KEPT_TENANTS)

    @cached_property
    def installation(self) -> str:
        """The id of this installation (a UUID). Raises KeyStoreEmpty, RootKeyRefused, RootKeyUnavailable."""
        self.wrapping.governing()
        records = Records(self._store, "installation")
        info, record = self.wrapping.newest(records, INSTALLATION, records.listing())
        try:
            sealed = self.wrapping.opened(INSTALLATION, record, info.name)
        except KeysAltered as error:
            raise self.wrapping.refused(record) from error
        if sealed.decode() != str(record.get("installation")):
            raise KeysAltered("The installation record was altered in the key store.")
        return str(record["installation"])

    @property
    def root_key_id(self) -> str:
        """Id of the root key that wraps what is written now."""
        return self.wrapping.current().id

    def check(self) -> None:
        """Raises KeyStoreEmpty or RootKeyRefused unless root key and store belong together."""
        if not self.installation:
            raise KeysAltered("The installation record names no installation.")

    @cached_property
    def signing(self) -> SigningKeys:
        """The signing keys of this installation."""
        return SigningKeys(self.wrapping, self.installation)

    def create_tenant_keys(self, tenant_id: UUID) -> TenantKeys:
        """Make the keys of a new tenant. Raises TenantKeysExist; TenantKeysDestroyed for one that was erased."""
        refuse_destroyed(self._store, self._records(tenant_id))
        try:
            self._add(tenant_id, 1, Keyset.new_aead())
        except ObjectExists as error:
            raise TenantKeysExist(tenant_id) from error
        return self.tenant_keys(tenant_id)

    def rotate_tenant_keys(self, tenant_id: UUID) -> TenantKeys:
        """Add a key to a tenant's keyset, which seals from now on; the older ones still open what they sealed (P5).

        Other processes seal with the old one for up to KEPT_SECONDS more. Raises TenantKeysMissing, RotationRefused
        when another process rotates it in this moment or the keyset is full.
        """
        newest = self._recent.refreshed(tenant_id)
        if len(newest.key_ids) >= MOST_KEYS:
            raise RotationRefused(f"The keyset of tenant {tenant_id} holds {MOST_KEYS} keys, and no more fit.")
        records = self._records(tenant_id)
        version = max((records.version(info) for info in records.listing()), default=0) + 1
        try:
            self._add(tenant_id, version, newest.keyset.grown())
        except ObjectExists as error:
            raise RotationRefused(f"The keyset of tenant {tenant_id} was rotated in this moment.") from error
        return self._recent.refreshed(tenant_id)

    def has_tenant_keys(self, tenant_id: UUID) -> bool:
        """Whether the store holds keys of the tenant, asked afresh."""
        return bool(self._records(tenant_id).listing())

    def tenant_keys(self, tenant_id: UUID, *, holding: str = "") -> TenantKeys:
        """The keys of a tenant; `holding` is the id of a key that another process may have added a moment ago.

        Raises TenantKeysMissing, KeysAltered, RootKeyRefused, RootKeyUnavailable.
        """
        keys = self._recent.get(tenant_id)
        if holding and holding not in keys.key_ids:
            keys = self._recent.refreshed(tenant_id)
        return keys

    def key_id(self, tenant_id: UUID) -> str:
        """Id of the key that seals for the tenant now, eight hexadecimal digits. Raises TenantKeysMissing."""
        return self.tenant_keys(tenant_id).key_id

    def destroy_tenant_keys(self, tenant_id: UUID) -> DestroyedKeys:
        """Delete every version of the tenant's keys, for good (R1). Safe to repeat after a failure.

        This process forgets them at once, others within KEPT_SECONDS. Raises TenantKeysMissing when there were none,
        StoreUnavailable or ObjectRetained when the store still holds some.
        """
        records = self._records(tenant_id)
        listing = self._listing(tenant_id)
        key_ids = {str(key) for info in listing for key in records.read(info, TENANT_FORMAT).get("key_ids", ())}
        try:
            written = self._write_down(tenant_id, key_ids, len(listing))
            records.delete_all()
        finally:
            self._recent.forget(tenant_id)
        if records.listing():
            raise StoreUnavailable(records.folder, "there are keys left after their destruction")
        return written

    def discard_tenant_keys(self, tenant_id: UUID) -> None:
        """Remove keys that were made a moment ago for a tenant that did not come about. Leaves no mark."""
        self._records(tenant_id).delete_all()
        self._recent.forget(tenant_id)

    def destroyed(self, tenant_id: UUID) -> DestroyedKeys | None:
        """What was written down when the keys of a tenant were destroyed; None when they never were."""
        records = destruction_records(self._store, tenant_id)
        if not (listing := records.listing()):
            return None
        record = records.read(listing[0], DESTROYED_FORMAT)
        return DestroyedKeys(tenant_id, tuple(record["key_ids"]), int(record["versions"]))

    def seal_secret(self, tenant_id: UUID, purpose: str, plaintext: bytes) -> bytes:
        """Encrypt a small secret of a tenant for one purpose. Raises TenantKeysMissing."""
        return self.tenant_keys(tenant_id).seal(purpose, plaintext)

    def open_secret(self, tenant_id: UUID, purpose: str, sealed: bytes) -> bytes:
        """Decrypt it. Raises SecretUnreadable, TenantKeysMissing."""
        keys = self.tenant_keys(tenant_id)
        try:
            return keys.unseal(purpose, sealed)
        except SecretUnreadable:
            # Another process may have rotated the keyset and sealed this a moment ago.
            if (renewed := self._recent.refreshed(tenant_id)) is keys:
                raise
            return renewed.unseal(purpose, sealed)

    def kind(self, tenant_id: UUID) -> Kind:
        """How the records of a tenant are wrapped."""
        return tenant_kind(self.installation, str(tenant_id))

    def _add(self, tenant_id: UUID, version: int, keyset: Keyset) -> None:
        fields: Record = {"tenant": str(tenant_id), "key_ids": keyset.key_ids}
        self.wrapping.add(self._records(tenant_id), self.kind(tenant_id), version, keyset, fields)

    def _write_down(self, tenant_id: UUID, key_ids: set[str], versions: int) -> DestroyedKeys:
        """Before the first deletion: a repetition after a failure would not find the ids any more."""
        record: Record = {
            "format": DESTROYED_FORMAT,
            "tenant": str(tenant_id),
            "key_ids": sorted(key_ids),
            "versions": versions,
        }
        try:
            destruction_records(self._store, tenant_id).add(1, record)
        except ObjectExists:
            if before := self.destroyed(tenant_id):
                return before
            raise
        return DestroyedKeys(tenant_id, tuple(sorted(key_ids)), versions)

    def _records(self, tenant_id: UUID) -> Records:
        return tenant_records(self._store, tenant_id)

    def _listing(self, tenant_id: UUID) -> Stamp:
        if listing := self._records(tenant_id).listing():
            return listing
        raise TenantKeysMissing(tenant_id)

    def _load(self, tenant_id: UUID, stamp: Stamp) -> TenantKeys:
        kind = self.kind(tenant_id)
        info, record = self.wrapping.newest(self._records(tenant_id), kind, stamp)
        return TenantKeys(tenant_id, self.wrapping.opened(kind, record, info.name))
