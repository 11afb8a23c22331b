"""The examination of the keys: everything is tried, and what is wrong has a name (P5, D7, R1)."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.checks import Error

from backups.custody.rotating import root_key_file
from backups.custody.status import KeyStatus, age_days, key_status, lacks_keys
from documents.models import DocumentVersion
from documents.objects import open_content
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State, Tenant
from vault.checks import root_key_safe, stores_apart
from vault.errors import ObjectExists, VaultError
from vault.keys import key_store
from vault.keystore import KeyStore
from vault.root import KMS_PREFIX, kms_client
from vault.survey import Group, folders, unreadable

ESCROW_DAYS = 365
DRILL_DAYS = 180
_USABLE = "Enabled"
Findings = Iterator["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, with a stable code for machines."""

    code: str
    text: str


def examine() -> list[Finding]:
    """Try everything. Never raises what the vault raises: that is a finding."""
    try:
        keys = key_store()
        status = key_status()
    except (VaultError, ValueError) as error:
        return [*_places(), Finding("keys.closed", str(error))]
    tries: list[Callable[[], Findings]] = [
        _places,
        lambda: _root_key(status),
        lambda: _store(keys),
        lambda: _records(keys, status),
        lambda: _tenants(keys, status),
        lambda: _samples(status),
        lambda: _escrow(status),
    ]
    found: list[Finding] = []
    for one in tries:
        try:
            found += one()
        except (VaultError, ValueError) as error:
            found.append(Finding("keys.failed", str(error)))
    return found


def _places() -> Findings:
    """Where keys and data lie, and who may read the root key: the system checks, told here too."""
    for message in (*stores_apart(), *root_key_safe()):
        if isinstance(message, Error) or message.id == "vault.W001":
            yield Finding(str(message.id), f"{message.msg} {message.hint or ''}".strip())
    path = root_key_file()
    if path is not None and path.exists() and stat.S_IMODE(path.parent.stat().st_mode) & stat.S_IWOTH:
        yield Finding("root.folder", f"Everybody may write into {path.parent}, and so exchange the root key.")


def _root_key(status: KeyStatus) -> Findings:
    if status.root.unfinished:
        yield Finding("root.unfinished", "A rotation of the root key is not finished: keys rotate --root --finish.")
    elif settings.VAULT_ROOT_KEY_PREVIOUS:
        yield Finding("root.previous", "VAULT_ROOT_KEY_PREVIOUS is set, and no rotation needs it: remove it.")
    if status.root.is_kms:
        yield from _kms_key(settings.VAULT_ROOT_KEY)


def _kms_key(url: str) -> Findings:
    """What KMS says of the key. A key that is scheduled for deletion may still answer on servers that imitate KMS."""
    try:
        key = kms_client(url).describe_key(KeyId=url.removeprefix(KMS_PREFIX))["KeyMetadata"]
    except (ClientError, BotoCoreError) as error:
        yield Finding("root.kms", f"KMS does not tell how the root key stands: {error}")
        return
    if key.get("KeyState") != _USABLE:
        yield Finding("root.kms", f"The root key is {key.get('KeyState')} in KMS: everything is lost when it goes.")


def _store(keys: KeyStore) -> Findings:
    """Write, write again, read, delete: create-only must hold."""
    store, name, content = keys.wrapping.store, f"probes/{uuid4()}.json", b'{"format": "probe"}'
    store.put(name, content)
    try:
        try:
            store.put(name, b"another content")
        except ObjectExists:
            pass
        else:
            yield Finding("store.overwrites", f"{store} lets an object be overwritten.")
        with store.open(name) as reader:
            if reader.read() != content:
                yield Finding("store.alters", f"{store} gives back something else than was written.")
    finally:
        store.delete(name)


def _records(keys: KeyStore, status: KeyStatus) -> Findings:
    for broken in filter(None, unreadable(keys)):
        yield Finding("record.unreadable", f"{broken.place} does not open: {broken.reason}")
    if not status.root.unfinished:
        strange = {root for group in status.versions.values() for root in group if root != status.root.id}
        for root in sorted(strange):
            yield Finding("record.root", f"There are keys under the root key {root}: keys rotate --root.")


def _tenants(keys: KeyStore, status: KeyStatus) -> Findings:
    for tenant, keyset in status.tenants:
        if lacks_keys(tenant, keyset) and not keys.destroyed(tenant.id):
            yield Finding("tenant.keyless", f"{tenant.company_code} has no keys, and they were never destroyed.")
        if keyset is not None and tenant.state == State.ERASED:
            yield Finding("tenant.kept", f"{tenant.company_code} is erased, but its keys are still there.")
    for stranger in status.strangers:
        yield Finding("tenant.stranger", f"There are keys of {stranger}, which no company is.")
    left = {folder.name for folder in folders(keys, Group.TENANT)}
    for folder in folders(keys, Group.DESTROYED):
        if folder.name in left:
            yield Finding("tenant.undead", f"Destroyed keys of {folder.name} are there again: keys rotate --root.")


def _samples(status: KeyStatus) -> Findings:
    """The beginning of the newest content of every company must decrypt."""
    for tenant, keyset in status.tenants:
        version = _newest_content(tenant) if keyset is not None else None
        if version is None:
            continue
        try:
            with open_content(version) as reader:
                reader.read(1)
        except VaultError as error:
            yield Finding("sample.unreadable", f"{tenant.company_code}: {error}")


def _newest_content(tenant: Tenant) -> DocumentVersion | None:
    with tenant_transaction(tenant.id):
        return DocumentVersion.objects.order_by("-uploaded_at").first()


def _escrow(status: KeyStatus) -> Findings:
    root = status.root
    if root.is_kms:
        return
    if root.escrow is None:
        yield Finding("escrow.never", "The root key was never put into escrow: keys escrow export.")
    elif not root.escrow_is_present:
        yield Finding("escrow.old_key", f"The escrow holds {root.escrow.root_key}, not the present root key.")
    elif (days := age_days(root.escrow.at)) > ESCROW_DAYS:
        yield Finding("escrow.old", f"The last escrow is {days} days old; make one each {ESCROW_DAYS}.")
    if root.drill is None or not root.drill_is_present:
        yield Finding("drill.never", "Recovery from an escrow of the present root key was never practised.")
    elif (days := age_days(root.drill.at)) > DRILL_DAYS:
        yield Finding("drill.old", f"Recovery was last practised {days} days ago; do it each {DRILL_DAYS}.")
