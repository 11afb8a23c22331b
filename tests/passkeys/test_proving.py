"""Proving by a passkey: what is accepted, and all that is not (A5)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from accounts.passkeys import ceremonies, keeping, proving
from accounts.passkeys.actions import PASSKEY_COPIED
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.models import Passkey
from accounts.passkeys.refusals import PasskeyRefused, Reason
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.passkeys.authenticator import Device
from tests.passkeys.conftest import Owner, give_passkey

pytestmark = pytest.mark.django_db


def stored(owner: Owner) -> Passkey:
    """The passkey as it is in the database."""
    with tenant_transaction(owner.person.tenant.id):
        return Passkey.objects.get(id=owner.passkey.id)


def refusal_of(owner: Owner, purpose: Purpose = Purpose.FACTOR, **changes: object) -> Reason:
    """Why the answer of the owner's device is refused."""
    with pytest.raises(PasskeyRefused) as refused:
        owner.prove(purpose, **changes)
    return refused.value.reason


def test_the_right_answer(alice: Owner) -> None:
    """A5: the counter and the last use are kept."""
    alice.prove()
    alice.prove(Purpose.CONFIRM)

    assert stored(alice).sign_count == 2
    assert stored(alice).last_used_at is not None


def test_a_device_that_does_not_count(cast: Cast) -> None:
    """A5: synchronised passkeys always say 0."""
    owner = give_passkey(cast.admin, Device(synchronised=True))
    owner.prove()
    owner.prove()
    assert stored(owner).sign_count == 0


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://sekisho.example.evil.example"},
        {"rp_id": "evil.example"},
        {"challenge": bytes(32)},
        {"kind": "webauthn.create"},
        {"present": False},
        {"framed": True},
        {"synchronised": True},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_verify(alice: Owner, change: dict[str, Any]) -> None:
    """A5, ASVS 6.7.2: another site, another name, another challenge, nobody there, another key."""
    assert refusal_of(alice, **change) == Reason.NOT_VERIFIED
    assert stored(alice).last_used_at is None


def test_when_the_device_must_know_who_holds_it(alice: Owner) -> None:
    """A5: user verification is demanded where the passkey stands alone, not behind a password."""
    alice.prove(Purpose.FACTOR, verified=False)
    assert refusal_of(alice, Purpose.CONFIRM, verified=False) == Reason.NOT_VERIFIED


def test_the_browser_is_asked_for_the_right_thing(alice: Owner) -> None:
    """A5: only this user's passkeys; for anybody's, none is named, so that nobody learns who has one."""
    with tenant_transaction(alice.person.tenant.id):
        factor = proving.begin(alice.person.user, Purpose.FACTOR).options
        alone = proving.begin(None, Purpose.ALONE).options
    mine = {"id": bytes_to_base64url(alice.device.credential_id), "type": "public-key"}
    assert factor["allowCredentials"] == [mine | {"transports": ["internal", "hybrid"]}]
    assert (factor["userVerification"], factor["rpId"]) == ("preferred", "sekisho.example")
    assert (alone["userVerification"], alone["allowCredentials"]) == ("required", [])


def test_an_answer_works_once(alice: Owner) -> None:
    """ASVS 6.7.2: the same answer again is a replay, even of a device that does not count."""
    with tenant_transaction(alice.person.tenant.id):
        begun = proving.begin(alice.person.user, Purpose.FACTOR)
    alice.answer(begun)
    with pytest.raises(PasskeyRefused) as refused:
        alice.answer(begun)
    assert refused.value.reason == Reason.REPLAYED


def test_a_late_answer(alice: Owner) -> None:
    """ASVS 6.7.2: challenges are short-lived."""
    with tenant_transaction(alice.person.tenant.id):
        begun = proving.begin(alice.person.user, Purpose.FACTOR)
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)),
        pytest.raises(PasskeyRefused) as refused,
    ):
        alice.answer(begun)
    assert refused.value.reason == Reason.EXPIRED


def test_a_challenge_for_something_else(alice: Owner) -> None:
    """ASVS 6.7.2: what was signed to log in confirms nothing, and the other way round."""
    with tenant_transaction(alice.person.tenant.id):
        begun = proving.begin(alice.person.user, Purpose.FACTOR)
    with pytest.raises(PasskeyRefused) as refused:
        alice.answer(begun, Purpose.CONFIRM)
    assert refused.value.reason == Reason.NO_CHALLENGE


def test_somebody_elses_passkey(alice: Owner, cast: Cast) -> None:
    """A5: a colleague's passkey is unknown, whatever account it says to open."""
    colleague = give_passkey(cast.editor)
    intruder = Owner(alice.person, colleague.device, colleague.passkey)
    assert refusal_of(intruder) == Reason.UNKNOWN
    assert refusal_of(intruder, handle=alice.device.handle) == Reason.UNKNOWN


def test_a_passkey_of_another_company(alice: Owner, cast: Cast) -> None:
    """T1: not even when it was registered there for a user of the same name."""
    stranger = give_passkey(cast.outsider)
    assert refusal_of(Owner(alice.person, stranger.device, stranger.passkey)) == Reason.UNKNOWN


def test_a_device_that_names_another_account(alice: Owner, cast: Cast) -> None:
    """A5: the account that the device names is the one that the passkey was made for."""
    assert refusal_of(alice, handle=cast.editor.user.tenant_id.bytes + cast.editor.user.id.bytes) == Reason.OTHER_HANDLE


def test_a_security_key_that_remembers_no_account(alice: Owner) -> None:
    """A5: behind a password that is enough."""
    alice.prove(handle=b"")


def test_a_removed_passkey(alice: Owner) -> None:
    """ASVS 6.5.6: it opens nothing from then on, not even for who has begun already."""
    with tenant_transaction(alice.person.tenant.id):
        begun = proving.begin(alice.person.user, Purpose.FACTOR)
        keeping.remove(alice.passkey, actor=alice.person.actor)
    with pytest.raises(PasskeyRefused) as refused:
        alice.answer(begun)
    assert refused.value.reason == Reason.UNKNOWN


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
@pytest.mark.parametrize("counted", [0, -1])
def test_a_copied_device(alice: Owner, counted: int) -> None:
    """A5: a counter that does not grow is refused, recorded and told; the true device still works."""
    alice.prove()
    mail.outbox.clear()
    with tenant_transaction(alice.person.tenant.id):
        begun = proving.begin(alice.person.user, Purpose.FACTOR)
    answer = ceremonies.read_answer(alice.device.sign(begun.options, counted=counted))
    with tenant_transaction(alice.person.tenant.id), pytest.raises(PasskeyRefused) as refused:
        proving.prove(answer, Purpose.FACTOR, token=begun.token, user=alice.person.user)

    assert refused.value.reason == Reason.COPIED
    with tenant_transaction(alice.person.tenant.id):
        event = AuditEvent.objects.get(action=PASSKEY_COPIED.code)
    assert (event.outcome, event.actor_user_id) == ("denied", "alice")
    assert [message.subject for message in mail.outbox] == ["A passkey of yours was refused"]
    alice.device.counter = 5
    alice.prove()
    assert stored(alice).sign_count == 6


def test_only_a_right_signature_raises_the_alarm(alice: Owner) -> None:
    """A5: nobody without the key can make the owner believe that it was copied."""
    alice.prove()
    other = ec.generate_private_key(ec.SECP256R1())
    assert refusal_of(alice, counted=0, key=other) == Reason.NOT_VERIFIED
