"""What can go wrong in the vault, each with its own name, so that callers and the audit log can tell them apart."""

# ruff: noqa: N818 - the names read as the statements they are: ObjectMissing, RootKeyRefused

from enum import Enum
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured


class VaultError(Exception):
    """Any refusal or failure of the vault."""


class StoreError(VaultError):
    """A failure of an object store, about one object."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}" if name else reason)
        self.name = name
        self.reason = reason


class InvalidName(StoreError, ValueError):
    """The name could leave its store, or would not fit every kind of store."""


class ObjectMissing(StoreError):
    """There is no object of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "there is no such object")


class ObjectExists(StoreError):
    """There is an object of this name already; objects are written once."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "exists already and is never overwritten")


class ObjectRetained(StoreError):
    """The store keeps the object: it is locked until a date, or this identity may not delete."""


class StoreUnavailable(StoreError):
    """The store did not do it: disk full, no access, network. The reason is in `__cause__` too."""


class RootKeyMissing(VaultError, ImproperlyConfigured):
    """There is no root key where the settings say."""


class RootKeyExists(VaultError):
    """There is a root key already; it is never overwritten."""


class RootKeyRefused(VaultError, ImproperlyConfigured):
    """The root key is not the one that wrapped the keys in this key store."""


class RootKeyUnavailable(VaultError):
    """The service that holds the root key did not answer or gave no permission."""


class RotationRefused(VaultError):
    """Nothing to rotate, another rotation at work, or an end that would leave something unreadable."""


class EscrowRefused(VaultError):
    """The escrow file is not one, is opened by another passphrase, or must not be written so."""


class KeyStoreEmpty(VaultError, ImproperlyConfigured):
    """The key store was never initialised, or is not the right folder or bucket."""


class TenantKeysMissing(VaultError):
    """The tenant has no keys: never made, or destroyed. What they sealed cannot be read, by anybody."""

    def __init__(self, tenant_id: UUID) -> None:
        super().__init__(f"There are no keys of tenant {tenant_id}.")
        self.tenant_id = tenant_id


class TenantKeysDestroyed(VaultError):
    """The keys of the tenant were destroyed for good (R1); nobody makes new ones under its id."""

    def __init__(self, tenant_id: UUID) -> None:
        super().__init__(f"The keys of tenant {tenant_id} were destroyed.")
        self.tenant_id = tenant_id


class TenantKeysExist(VaultError):
    """The tenant has keys already; making new ones would orphan what the old ones sealed."""

    def __init__(self, tenant_id: UUID) -> None:
        super().__init__(f"Tenant {tenant_id} has keys already.")
        self.tenant_id = tenant_id


class KeysAltered(VaultError):
    """A record in the key store cannot be unwrapped although the root key is right: it was altered or moved."""


class SecretUnreadable(VaultError):
    """A sealed secret was altered, or belongs to another tenant or purpose."""


class SignatureInvalid(VaultError):
    """The signature is not by one of our keys for this purpose, or is not over these bytes."""


class Cause(Enum):
    """Why an encrypted object cannot be read."""

    KEYS_MISSING = "the keys of its tenant were destroyed or never made"
    WRONG_KEY = "its data key cannot be unwrapped by the keys of its tenant"
    MISPLACED = "it is another object than the one asked for"
    MALFORMED = "it is not an encrypted object of a known format"
    TRUNCATED = "its end is missing"
    TAMPERED = "its content was altered, or cut short"


class ObjectUnreadable(VaultError):
    """An encrypted object was refused. Nothing that was read from it after the refusal point was handed out."""

    def __init__(self, path: str, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{path}: {cause.value}" + (f" ({detail})" if detail else ""))
        self.path = path
        self.cause = cause
