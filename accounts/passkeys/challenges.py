"""Challenges: what a device signs, so that yesterday's signature opens nothing today (ASVS 6.7.2).

A challenge rests in the browser that asked for it, in a signed cookie, bound to a purpose and a user. So asking for
one fills no table, which matters where nobody is logged in yet. Once answered it is written down in the tenant, and
never taken again.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core import signing
from django.utils import timezone

from accounts.models import User
from accounts.passkeys.models import UsedChallenge
from accounts.passkeys.refusals import PasskeyRefused, Reason
from tenants.isolation.transactions import atomic

MINUTES = 5
_BYTES = 32
_SALT = "accounts.passkeys"


class Purpose(StrEnum):
    """What a challenge is for; it is good for nothing else."""

    ADD = "add"
    ALONE = "alone"
    FACTOR = "factor"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh challenge, and the text for the cookie that remembers it."""

    challenge: bytes
    token: str


def issue(purpose: Purpose, user: User | None = None) -> Issued:
    """A fresh challenge with 256 random bits."""
    challenge = secrets.token_bytes(_BYTES)
    return Issued(challenge, signing.dumps([purpose, _key(user), challenge.hex()], salt=_SALT))


def redeem(token: str, purpose: Purpose, user: User | None = None) -> bytes:
    """The challenge in the cookie, which counts as used from now on; in the tenant in scope. Raises PasskeyRefused.

    What fails afterwards must not undo it: call it outside the transaction that may be rolled back.
    """
    try:
        was_for, key, text = signing.loads(token, salt=_SALT, max_age=timedelta(minutes=MINUTES))
    except signing.SignatureExpired as error:
        raise PasskeyRefused(Reason.EXPIRED) from error
    except signing.BadSignature as error:
        raise PasskeyRefused(Reason.NO_CHALLENGE) from error
    if (was_for, key) != (purpose, _key(user)):
        raise PasskeyRefused(Reason.NO_CHALLENGE)
    _use_up(text)
    return bytes.fromhex(text)


@atomic()
def _use_up(text: str) -> None:
    row = UsedChallenge(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        expires_at=timezone.now() + timedelta(minutes=2 * MINUTES),
    )
    UsedChallenge.objects.bulk_create([row], ignore_conflicts=True)  # waits for a parallel answer
    if not UsedChallenge.objects.filter(id=row.id).exists():
        raise PasskeyRefused(Reason.REPLAYED)


def _key(user: User | None) -> str:
    return f"{user.tenant_id.hex}.{user.id.hex}" if user else ""
