"""Recovery codes: each stands in for a lost factor, once (A5; ASVS 6.5.1, 6.5.2, 6.5.3, 6.5.4).

A code has 120 random bits. That is more than can be guessed, so its SHA-256 is enough (ASVS 6.5.2 asks for a password
hash below 112 bits), and looking one up costs the same whether it exists or not.
"""

import hashlib
import secrets
import unicodedata

from django.db.models import QuerySet
from django.utils import timezone

from accounts.factors import notices
from accounts.factors.actions import RECOVERY_RENEWED
from accounts.factors.kinds import has_factor
from accounts.factors.models import RecoveryCode
from accounts.models import User
from auditlog.services import record
from tenants.isolation.transactions import atomic

NUMBER = 10
BITS = 120
LOW = 3
# Crockford's: no letter that looks like a digit or like another letter.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = BITS // 5
_GROUP = 4
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})


def codes() -> "QuerySet[RecoveryCode]":
    """The codes in scope that were not used yet."""
    return RecoveryCode.objects.filter(used_at=None)


def left(user: User) -> int:
    """How many codes the user has not used yet."""
    return codes().filter(user=user).count()


@atomic()
def renew(user: User) -> list[str]:
    """Fresh codes in the clear, to be shown this once; all earlier ones are void. ValueError without a factor."""
    user = User.objects.select_for_update().get(id=user.id)
    if not has_factor(user):
        raise ValueError("Recovery codes stand in for a factor, so there must be one.")
    fresh = [_new_code() for _number in range(NUMBER)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in fresh)
    record(RECOVERY_RENEWED, actor=user.as_actor(), target=user, after={"count": NUMBER})
    notices.queue(user, notices.Notice.RECOVERY_RENEWED)
    return fresh


def spend(user: User, code: str) -> bool:
    """Use a code up; of several who try the same one, one succeeds. Call inside a transaction."""
    unused = codes().filter(user=user, code_hash=_hash(user, code))
    if unused.update(used_at=timezone.now()) != 1:
        return False
    notices.queue(user, notices.Notice.RECOVERY_USED)
    return True


def _new_code() -> str:
    text = "".join(secrets.choice(_ALPHABET) for _letter in range(_LENGTH))
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def _hash(user: User, code: str) -> str:
    typed = unicodedata.normalize("NFKC", code).lower().translate(_MISREAD)
    clean = "".join(letter for letter in typed if letter in _ALPHABET)
    return hashlib.sha256(f"{user.tenant_id} {user.id} {clean}".encode()).hexdigest()
