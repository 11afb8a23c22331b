"""Proving by a passkey who one is: as the second factor, to confirm a risky action, or alone (A5)."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.passkeys import ceremonies, challenges
from accounts.passkeys.actions import PASSKEY_COPIED
from accounts.passkeys.ceremonies import Answer
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.keeping import Begun
from accounts.passkeys.models import Passkey
from accounts.passkeys.queries import passkeys_of
from accounts.passkeys.refusals import PasskeyRefused, Reason
from accounts.passkeys.relying_party import handle_of
from auditlog.actions import Outcome
from auditlog.services import record
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic


def demands_person(purpose: Purpose) -> bool:
    """Whether the device must have checked who holds it (PIN, finger, face).

    Not behind a right password. But alone it has to be two factors, and a confirmation is asked of whoever sits at an
    unlocked computer, perhaps with the key still in it.
    """
    return purpose is not Purpose.FACTOR


def begin(user: User | None, purpose: Purpose) -> Begun:
    """A challenge for one of the user's passkeys; for anybody's when the passkey is to tell who it is."""
    issued = challenges.issue(purpose, user)
    known = list(passkeys_of(user)) if user else []
    options = ceremonies.assertion_options(issued.challenge, known, verify_user=demands_person(purpose))
    return Begun(options, issued.token)


def prove(answer: Answer, purpose: Purpose, *, token: str, user: User | None = None) -> User:
    """Whose passkey has answered; it must be the user's, where one is known. Raises PasskeyRefused.

    Works in transactions of its own or inside the caller's, who then commits also what was refused: a used challenge
    stays used, and a passkey that seems to be copied stays on record.
    """
    challenge = challenges.redeem(token, purpose, user)
    try:
        owner: User = _use(answer, purpose, challenge, user).user
    except PasskeyRefused as refusal:
        if refusal.reason is Reason.COPIED:
            _sound_alarm(answer, refusal.detail)
        raise
    return owner


@atomic()
def _use(answer: Answer, purpose: Purpose, challenge: bytes, user: User | None) -> Passkey:
    passkey = _find(answer, lock=True)
    if passkey is None or (user is not None and passkey.user_id != user.id):
        raise PasskeyRefused(Reason.UNKNOWN)
    if answer.handle and answer.handle != bytes(passkey.handle):
        raise PasskeyRefused(Reason.OTHER_HANDLE)
    # What signs says nothing of the account: without a password before it, the device's own word must name this one.
    # In a copy of a company it names the original, which keeps old passkeys from opening the copy alone.
    if user is None and answer.handle != handle_of(passkey.user):
        raise PasskeyRefused(Reason.OTHER_HANDLE)
    ceremonies.check_answer(answer, passkey, challenge, verify_user=demands_person(purpose))
    passkey.last_used_at = timezone.now()
    passkey.save(update_fields=["sign_count", "backed_up", "last_used_at"])
    return passkey


@atomic()
def _sound_alarm(answer: Answer, detail: str) -> None:
    """The signature is right, but the device has counted backwards: there may be two of it."""
    passkey = _find(answer, lock=False)
    if passkey is None:
        return
    after: dict[str, Any] = {"user": passkey.user.user_id, "name": passkey.name, "counter": detail}
    record(PASSKEY_COPIED, actor=passkey.user.as_actor(), target=passkey.user, outcome=Outcome.DENIED, after=after)
    queue_on_commit("accounts.passkeys.tasks.tell_copied", str(passkey.user_id), passkey.name)


def _find(answer: Answer, *, lock: bool) -> Passkey | None:
    found = Passkey.objects.select_related("user").filter(credential_id=answer.credential_id)
    return (found.select_for_update(of=("self",)) if lock else found).first()
