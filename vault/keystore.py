"""The key store: where the keys of tenants live, wrapped by the root key, away from the database and from every backup.

    installation/1.json         which installation this is, sealed by its root key
    tenants/<tenant>/<n>.json   the keyset of a tenant; the newest version counts
    signing/<purpose>/<n>.json  signing keys (vault.signing)

Destroying a tenant's keys makes its objects and archives unreadable at once, all generations included (R1).
"""

import base64
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from vault.errors import (
    KeysAltered,
    KeyStoreEmpty,
    ObjectExists,
    RootKeyRefused,
    StoreUnavailable,
    TenantKeysExist,
    TenantKeysMissing,
)
from vault.primitives import CannotDecrypt, Keyset, bind
from vault.records import RecentlyUsed, Record, Records, Stamp
from vault.root import RootKey
from vault.signing import SigningKeys
from vault.stores.interface import ObjectInfo, ObjectStore
from vault.tenantkeys import TenantKeys

INSTALLATION_FORMAT = "sekisho-installation-1"
TENANT_FORMAT = "sekisho-tenant-keys-1"
# How long another process may still read after a destruction, and how many tenants' keys one process holds.
KEPT_SECONDS = 30.0
KEPT_TENANTS = 512


@dataclass(frozen=True, slots=True)
class DestroyedKeys:
    """What a destruction removed, for the certificate: the ids of the keys and the number of versions (R2)."""

    tenant_id: UUID
    key_ids: tuple[str, ...]
    versions: int


def initialise(store: ObjectStore, root: RootKey) -> bool:
    """Write down which installation and root key this store belongs to; False when that was done before."""
    installation = str(uuid4())
    record: Record = {
        "format": INSTALLATION_FORMAT,
        "installation": installation,
        "root_key": root.id,
        "check": base64.b64encode(root.encrypt(installation.encode(), bind(INSTALLATION_FORMAT))).decode(),
    }
    try:
        Records(store, "installation").add(1, record)
    except ObjectExists:
        return False
    return True


class KeyStore:
    """Keys of tenants and of signatures. Safe to use from several threads."""

    def __init__(self, store: ObjectStore, root: RootKey, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._store = store
        self._root = root
        self._recent = RecentlyUsed(self._listing, self._load, seconds=kept_seconds, size=KEPT_TENANTS)

    @cached_property
    def installation(self) -> str:
        """The id of this installation (a UUID). Raises KeyStoreEmpty, RootKeyRefused."""
        records = Records(self._store, "installation")
        listing = records.listing()
        if not listing:
            raise KeyStoreEmpty(
                _("The key store %(store)s is empty. Check VAULT_KEY_STORE, or run `manage.py keys init` once.")
                % {"store": self._store}
            )
        record = records.read(listing[-1], INSTALLATION_FORMAT)
        installation = str(record.get("installation"))
        try:
            sealed = self._root.decrypt(base64.b64decode(record["check"]), bind(INSTALLATION_FORMAT))
        except (CannotDecrypt, KeyError, ValueError) as error:
            raise RootKeyRefused(
                _("The root key %(mine)s does not open this key store, which belongs to %(theirs)s.")
                % {"mine": self._root.id, "theirs": record.get("root_key")}
            ) from error
        if sealed.decode() != installation:
            raise KeysAltered("The installation record was altered in the key store.")
        return installation

    @property
    def root_key_id(self) -> str:
        return self._root.id

    def check(self) -> None:
        """Raises KeyStoreEmpty or RootKeyRefused unless root key and store belong together."""
        if not self.installation:
            raise KeysAltered("The installation record names no installation.")

    @cached_property
    def signing(self) -> SigningKeys:
        """The signing keys of this installation."""
        return SigningKeys(self._store, self._root, self.installation)

    def create_tenant_keys(self, tenant_id: UUID) -> TenantKeys:
        """Make the keys of a new tenant. Raises TenantKeysExist."""
        keyset = Keyset.new_aead()
        wrapped = keyset.wrapped(self._root, self._place(tenant_id, 1))
        record: Record = {
            "format": TENANT_FORMAT,
            "tenant": str(tenant_id),
            "root_key": self._root.id,
            "key_ids": keyset.key_ids,
            "keyset": base64.b64encode(wrapped).decode(),
        }
        try:
            self._records(tenant_id).add(1, record)
        except ObjectExists as error:
            raise TenantKeysExist(tenant_id) from error
        return self.tenant_keys(tenant_id)

    def has_tenant_keys(self, tenant_id: UUID) -> bool:
        """Whether the store holds keys of the tenant, asked afresh."""
        return bool(self._records(tenant_id).listing())

    def tenant_keys(self, tenant_id: UUID) -> TenantKeys:
        """The keys of a tenant. Raises TenantKeysMissing, KeysAltered, RootKeyRefused, RootKeyUnavailable."""
        return self._recent.get(tenant_id)

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
            records.delete_all()
        finally:
            self._recent.forget(tenant_id)
        if records.listing():
            raise StoreUnavailable(records.folder, "there are keys left after their destruction")
        return DestroyedKeys(tenant_id, tuple(sorted(key_ids)), len(listing))

    def seal_secret(self, tenant_id: UUID, purpose: str, plaintext: bytes) -> bytes:
        """Encrypt a small secret of a tenant for one purpose. Raises TenantKeysMissing."""
        return self.tenant_keys(tenant_id).seal(purpose, plaintext)

    def open_secret(self, tenant_id: UUID, purpose: str, sealed: bytes) -> bytes:
        """Decrypt it. Raises SecretUnreadable, TenantKeysMissing."""
        return self.tenant_keys(tenant_id).unseal(purpose, sealed)

    def _records(self, tenant_id: UUID) -> Records:
        return Records(self._store, f"tenants/{tenant_id}")

    def _listing(self, tenant_id: UUID) -> Stamp:
        if listing := self._records(tenant_id).listing():
            return listing
        raise TenantKeysMissing(tenant_id)

    def _load(self, tenant_id: UUID, stamp: Stamp) -> TenantKeys:
        newest: ObjectInfo = stamp[-1]
        record = self._records(tenant_id).read(newest, TENANT_FORMAT)
        try:
            place = self._place(tenant_id, record["version"])
            keyset = Keyset.unwrapped(base64.b64decode(record["keyset"]), self._root, place)
        except (CannotDecrypt, KeyError, ValueError) as error:
            raise KeysAltered(f"{newest.name} was altered or moved in the key store.") from error
        return TenantKeys(tenant_id, keyset)

    def _place(self, tenant_id: UUID, version: int) -> bytes:
        return bind("sekisho tenant keys 1", self.installation, str(tenant_id), str(version))
