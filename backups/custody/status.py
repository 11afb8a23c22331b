"""How the keys stand: counted and dated, nothing unwrapped (P5)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

from backups.custody.rotating import root_key_file
from backups.layout import PLATFORM_ID
from tenants.models import State, Tenant
from tenants.queries import all_tenants
from vault.escrownotes import Deed, Note, newest
from vault.keys import key_store
from vault.keystore import KeyStore
from vault.rotation import is_unfinished
from vault.survey import Described, Group, described, folders


@dataclass(frozen=True, slots=True)
class RootStatus:
    """The root key in use, whether a rotation is under way, and its escrow."""

    id: str
    address: str
    is_kms: bool
    unfinished: bool
    escrow: Note | None
    drill: Note | None

    @property
    def escrow_is_present(self) -> bool:
        """Whether the newest escrow holds the root key that is in use."""
        return self.escrow is not None and self.escrow.root_key == self.id

    @property
    def drill_is_present(self) -> bool:
        """Whether the newest drill was with the root key that is in use."""
        return self.drill is not None and self.drill.root_key == self.id


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Everything in the key store: versions by class and root key, keysets by tenant, signing keys by purpose."""

    installation: str
    root: RootStatus
    versions: dict[str, Counter[str]]
    tenants: list[tuple[Tenant, Described | None]]
    strangers: list[str]
    signing: list[Described]
    destroyed: int


def root_status() -> RootStatus:
    """The root key and its escrow. Raises what opening the key store raises."""
    keys = key_store()
    store = keys.wrapping.store
    return RootStatus(
        keys.root_key_id,
        settings.VAULT_ROOT_KEY,
        root_key_file() is None,
        is_unfinished(keys, root_key_file()),
        newest(store, Deed.EXPORT),
        newest(store, Deed.DRILL),
    )


def key_status() -> KeyStatus:
    """All of it, in one walk through the key store; `strangers` are folders of nobody in the directory."""
    keys = key_store()
    versions: dict[str, Counter[str]] = {}
    keysets: dict[UUID, Described] = {}
    signing = []
    for one in _all(keys):
        versions.setdefault(one.group, Counter()).update(one.root_keys)
        if one.group is Group.TENANT:
            keysets[UUID(one.name)] = one
        elif one.group is Group.SIGNING:
            signing.append(one)
    tenants = [(tenant, keysets.pop(tenant.id, None)) for tenant in all_tenants()]
    keysets.pop(PLATFORM_ID, None)  # the provider's own archives are sealed under this id
    destroyed = sum(1 for _ in folders(keys, Group.DESTROYED))
    return KeyStatus(
        keys.installation, root_status(), versions, tenants, [str(one) for one in keysets], signing, destroyed
    )


def lacks_keys(tenant: Tenant, keyset: Described | None) -> bool:
    """Whether a company that is served has no keys."""
    return keyset is None and tenant.state != State.ERASED


def age_days(moment: datetime | str) -> int:
    """Whole days since a moment, or since its ISO form."""
    since = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (datetime.now(UTC) - since).days


def _all(keys: KeyStore) -> Iterator[Described]:
    for folder in folders(keys):
        if one := described(keys, folder):
            yield one
