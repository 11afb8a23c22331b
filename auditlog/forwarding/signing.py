"""Signatures as Standard Webhooks 1.0 defines them, so that receivers find libraries for them in every language."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from auditlog.forwarding.models import OVERLAP, SECRET_PURPOSE, Destination, SigningSecret
from auditlog.forwarding.trouble import DeliveryFailed, Trouble
from tenants.isolation.transactions import atomic
from vault.errors import SecretUnreadable
from vault.keys import key_store

PREFIX = "whsec_"
_BYTES = 32


def give_secret(destination: Destination) -> str:
    """Make a secret, in clear this once; the present one signs along for a day. The caller records."""
    now, clear = timezone.now(), secrets.token_bytes(_BYTES)
    secret = SigningSecret(destination=destination)
    sealed = key_store().seal_secret(secret.tenant_id, SECRET_PURPOSE.format(row=secret), clear)
    destination.secrets.filter(ends_at__isnull=False).delete()
    destination.secrets.update(ends_at=now + OVERLAP)
    secret.secret_sealed = sealed
    secret.save(force_insert=True)
    return PREFIX + base64.b64encode(clear).decode()


@atomic()
def secrets_of(destination: Destination) -> list[bytes]:
    """Those that sign now, the newest first. Raises DeliveryFailed when one cannot be opened, or there is none."""
    living = destination.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
    try:
        found = [
            key_store().open_secret(row.tenant_id, SECRET_PURPOSE.format(row=row), bytes(row.secret_sealed))
            for row in living
        ]
    except SecretUnreadable as error:
        raise DeliveryFailed(Trouble.SECRET) from error
    if not found:
        raise DeliveryFailed(Trouble.SECRET)
    return found


def headers_of(message_id: str, at: datetime, body: bytes, keys: list[bytes]) -> dict[str, str]:
    """The three headers: id, time in seconds, and one signature for each secret."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signatures = (base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
