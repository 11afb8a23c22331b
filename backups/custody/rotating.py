"""Rotations on record: the root key, the keys of a company, signing keys (P5).

Keys are not rolled back with a transaction, so a deed is recorded once it is done; a repetition after a kill in between
does nothing more and is recorded.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.sealing.keys import PURPOSE, rotate_key
from auditlog.services import Target, record, record_apart
from backups.custody.actions import (
    PLATFORM_KEYS_ROTATED,
    ROOT_KEY_RETIRED,
    ROOT_KEY_ROTATED,
    SIGNING_KEY_ROTATED,
    TENANT_KEYS_ROTATED,
)
from backups.layout import PLATFORM_ID
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.queries import provider_scope
from vault import rotation
from vault.errors import RotationRefused
from vault.keys import SigningKey, TenantKeys, key_store
from vault.root import root_key_path
from vault.rotation import Rotated
from vault.survey import Group, folders

Step = Callable[[int], None]


def rotate_root_key(*, actor: Actor, step: Step) -> Rotated:
    """Begin or take up a rotation of the root key. Raises RotationRefused and what else the vault raises."""
    rotated = rotation.rotate_root(key_store(), root_key_file(), step=step)
    with provider_scope():
        record_apart(ROOT_KEY_ROTATED, actor=actor, target=_target(rotated.new), after=_figures(rotated))
    return rotated


def finish_root_key(*, actor: Actor, step: Step) -> Rotated:
    """End it: the old root key opens nothing any more. Raises RotationRefused while something would be lost."""
    rotated = rotation.finish_root(key_store(), root_key_file(), step=step)
    with provider_scope():
        record_apart(ROOT_KEY_RETIRED, actor=actor, target=_target(rotated.old), after=_figures(rotated))
    return rotated


def rotate_tenant_keys(tenant: Tenant, *, actor: Actor) -> TenantKeys:
    """Give a company a new key; what the older ones sealed stays readable. In its log and the provider's."""
    with provider_scope() as provider_id, platform_transaction():
        renewed = key_store().rotate_tenant_keys(tenant.id)
        for place in {tenant.id, provider_id}:
            with tenant_scope(place):
                after = {"key_id": renewed.key_id, "keys": len(renewed.key_ids)}
                record(TENANT_KEYS_ROTATED, actor=actor, target=tenant, after=after)
    return renewed


def rotate_platform_keys(*, actor: Actor) -> TenantKeys:
    """The same for the keys of the platform's own archives. In the provider's log. Raises RotationRefused."""
    if not key_store().has_tenant_keys(PLATFORM_ID):
        raise RotationRefused(_("The platform has no keys yet: its first backup makes them."))
    with provider_scope() as provider_id, tenant_transaction(provider_id):
        renewed = key_store().rotate_tenant_keys(PLATFORM_ID)
        after = {"keys": len(renewed.key_ids)}
        record(PLATFORM_KEYS_ROTATED, actor=actor, target=_target(renewed.key_id), after=after)
        return renewed


def rotate_signing_key(purpose: str, *, actor: Actor) -> SigningKey:
    """Renew the signing key of a purpose that is in use; old signatures stay good. Raises RotationRefused."""
    purposes = [folder.name for folder in folders(key_store(), Group.SIGNING)]
    if purpose not in purposes:
        raise RotationRefused(f"Nothing is signed for {purpose!r}. There are: {', '.join(purposes) or '-'}.")
    with provider_scope() as provider_id, tenant_transaction(provider_id):
        if purpose == PURPOSE:
            return rotate_key(actor=actor)
        key = key_store().signing.rotate(purpose)
        record(SIGNING_KEY_ROTATED, actor=actor, target=_target(key.key_id), after={"purpose": purpose})
        return key


def root_key_file() -> Path | None:
    """The file that VAULT_ROOT_KEY names; None for a key in KMS."""
    return root_key_path(settings.VAULT_ROOT_KEY)


def _target(key_id: str) -> Target:
    return Target("vault.key", key_id[:80], key_id)


def _figures(rotated: Rotated) -> dict[str, object]:
    return {"from": rotated.old, "to": rotated.new, "folders": rotated.folders, "versions": rotated.versions}
