"""Adding, renaming and removing passkeys (A5). What opens or closes a way in is told by mail (ASVS 6.3.7)."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.factors.enrolment import added, removed
from accounts.factors.kinds import has_factor
from accounts.models import Session, User
from accounts.passkeys import ceremonies, challenges
from accounts.passkeys.actions import PASSKEY_ADDED, PASSKEY_REMOVED, PASSKEY_RENAMED
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.makers import maker_of
from accounts.passkeys.models import Passkey
from accounts.passkeys.queries import passkeys_of
from accounts.passkeys.refusals import PasskeyRefused
from accounts.passkeys.relying_party import handle_of
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic, take_turns

LIMIT = 10


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser hands to the device, and what its cookie keeps meanwhile."""

    options: dict[str, Any]
    token: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The new passkey, and the new secret of the session; `first` if the user had no second factor before."""

    passkey: Passkey
    secret: BearerSecret
    first: bool


def begin(user: User) -> Begun:
    """Begin to make a passkey. Raises ValidationError when the user has as many as there may be."""
    known = list(passkeys_of(user))
    _check_limit(len(known))
    issued = challenges.issue(Purpose.ADD, user)
    # A device with a passkey for the original of a copied company may make one for the copy as well.
    here = [passkey for passkey in known if bytes(passkey.handle) == handle_of(user)]
    return Begun(ceremonies.registration_options(user, issued.challenge, here), issued.token)


def finish(session: Session, *, answer: str, token: str, name: str) -> Kept:
    """Keep the passkey that a device of the user has made. Raises ValidationError with what to tell them.

    The challenge stays used whatever comes of it, so the transaction begins after it.
    """
    user = session.user
    try:
        challenge = challenges.redeem(token, Purpose.ADD, user)
        made = ceremonies.new_key(answer, challenge)
    except PasskeyRefused as refusal:
        message = _("The passkey could not be checked (%(reason)s). Please try again.")
        raise ValidationError(message % {"reason": refusal.reason}, code="refused") from refusal
    return _keep(session, made, name.strip() or maker_of(made.aaguid) or _("Passkey"))


@atomic()
def rename(passkey: Passkey, *, name: str, actor: Actor) -> None:
    """Call it something else. Raises ValidationError, keyed by field."""
    before, passkey.name = passkey.name, name.strip()
    passkey.full_clean()
    if before != passkey.name:
        passkey.save(update_fields=["name"])
        record(
            PASSKEY_RENAMED,
            actor=actor,
            target=passkey,
            before={"name": before},
            after={"user": passkey.user.user_id, "name": passkey.name},
        )


@atomic()
def remove(passkey: Passkey, *, actor: Actor) -> None:
    """Let it open nothing any more, from this moment on (ASVS 6.5.6).

    Raises ValidationError when the user needs a second factor and this is the last one.
    """
    record(PASSKEY_REMOVED, actor=actor, target=passkey, before=_described(passkey))
    passkey.delete()
    removed(passkey.user, method="passkey")


@atomic()
def remove_all(user: User) -> int:
    """Delete the passkeys of a user as a part of a reset, which its caller records and tells; returns how many."""
    return passkeys_of(user).delete()[0]


@atomic()
def _keep(session: Session, made: ceremonies.NewKey, name: str) -> Kept:
    user = session.user
    take_turns("passkeys")  # two at once must not pass the limit, nor register the same passkey twice
    _check_limit(passkeys_of(user).count())
    if Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise ValidationError(_("This passkey is registered already."), code="taken")
    passkey = Passkey(
        user=user,
        name=name,
        handle=handle_of(user),
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        aaguid=made.aaguid,
        backup_eligible=made.backup_eligible,
        backed_up=made.backed_up,
    )
    passkey.full_clean()
    first = not has_factor(user)
    passkey.save()
    record(PASSKEY_ADDED, actor=user.as_actor(), target=passkey, after=_described(passkey))
    return Kept(passkey, added(session, method="passkey", first=first), first=first)


def _described(passkey: Passkey) -> dict[str, Any]:
    return {
        "user": passkey.user.user_id,
        "name": passkey.name,
        "aaguid": str(passkey.aaguid),
        "synchronised": passkey.backup_eligible,
    }


def _check_limit(count: int) -> None:
    if count >= LIMIT:
        message = _("You have %(limit)d passkeys already. Remove one that you do not use any more.")
        raise ValidationError(message % {"limit": LIMIT}, code="limit")
