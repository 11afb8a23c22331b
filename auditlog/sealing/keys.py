"""The signing key of the audit log, its successors, and the list of public keys to publish (G7).

Every key but the first is vouched for by the one before it, so whoever trusts an old list can follow to the new one.
"""

import base64
from typing import Any

from auditlog.actors import Actor
from auditlog.sealing.actions import AUDIT_KEY_ROTATED
from auditlog.services import Target, record
from tenants.isolation.transactions import atomic
from vault.errors import SignatureInvalid
from vault.keys import Signature, SigningKey, key_store

PURPOSE = "auditlog"
KEYS_FORMAT = "sekisho-audit-keys-1"


def sign(text: str) -> Signature:
    """Sign a statement with the newest key."""
    return key_store().signing.sign(PURPOSE, text.encode())


def is_signed(text: str, key_id: str, signature: bytes) -> bool:
    """Whether one of our keys signed exactly this text."""
    try:
        key_store().signing.verify(PURPOSE, text.encode(), Signature(key_id, bytes(signature)))
    except SignatureInvalid:
        return False
    return True


def published_keys() -> dict[str, Any]:
    """All public keys, oldest first, for whoever checks proofs. Publish it where it does not depend on this server."""
    keys = key_store().signing.keys(PURPOSE)
    listed = [_listed(key, before) for key, before in zip(keys, (None, *keys), strict=False)]
    return {"format": KEYS_FORMAT, "installation": key_store().installation, "keys": listed}


@atomic()
def rotate_key(*, actor: Actor) -> SigningKey:
    """Make a new key, which signs from now on; old signatures stay good. For the provider's tenant in scope."""
    key = key_store().signing.rotate(PURPOSE)
    record(AUDIT_KEY_ROTATED, actor=actor, target=Target("vault.key", key.key_id, key.key_id))
    return key


def vouching_text(public_key: str) -> str:
    """What an old key signs about its successor."""
    return f"sekisho-audit-key-1 {public_key}"


def _listed(key: SigningKey, before: SigningKey | None) -> dict[str, Any]:
    public = base64.b64encode(key.public_bytes).decode()
    listed: dict[str, Any] = {"key_id": key.key_id, "public_key": public, "created": key.created, "vouched_by": None}
    if before is not None:
        # Ed25519 signs the same way each time, so this is the same list whenever it is asked for.
        signature = base64.b64encode(before.private.sign(vouching_text(public).encode())).decode()
        listed["vouched_by"] = {"key_id": before.key_id, "signature": signature}
    return listed
