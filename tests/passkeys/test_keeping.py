"""Making, renaming and removing passkeys (A5)."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from accounts.passkeys import challenges, keeping
from accounts.passkeys.actions import PASSKEY_ADDED, PASSKEY_REMOVED, PASSKEY_RENAMED
from accounts.passkeys.models import Passkey, UsedChallenge
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.passkeys.authenticator import Device
from tests.passkeys.conftest import Owner, give_passkey, session_of

pytestmark = pytest.mark.django_db


def test_a_passkey_is_kept_with_what_the_device_tells(cast: Cast) -> None:
    """A5: everything that later log-ins are checked against; unknown transports are left out."""
    device = Device(counter=3, synchronised=True, aaguid=UUID("fbfc3007-154e-4ecc-8c0b-6e020557d7bd").bytes)

    made = give_passkey(cast.admin, device).passkey

    with tenant_transaction(cast.admin.tenant.id):
        kept = Passkey.objects.get()
    user = cast.admin.user
    assert kept.id == made.id
    assert (bytes(kept.credential_id), kept.user_id) == (device.credential_id, user.id)
    assert bytes(kept.handle) == device.handle == user.tenant_id.bytes + user.id.bytes
    assert (kept.sign_count, kept.backup_eligible, kept.backed_up) == (3, True, True)
    assert (kept.name, kept.transports) == ("iCloud Keychain", ["internal", "hybrid"])


def test_the_browser_is_asked_for_the_right_thing(alice: Owner) -> None:
    """A5, ASVS 6.7.2: our name and host, no attestation, no second passkey in one device, a long challenge."""
    with tenant_transaction(alice.person.tenant.id):
        options = keeping.begin(alice.person.user).options

    assert options["rp"] == {"name": "Sekisho", "id": "sekisho.example"}
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert [entry["id"] for entry in options["excludeCredentials"]] == [bytes_to_base64url(alice.device.credential_id)]
    assert len(base64url_to_bytes(options["challenge"])) == 32


def test_no_two_challenges_are_the_same(cast: Cast) -> None:
    """ASVS 6.7.2."""
    assert len({challenges.issue(challenges.Purpose.ALONE).challenge for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://sekisho.example"},
        {"rp_id": "evil.example"},
        {"challenge": bytes(32)},
        {"kind": "webauthn.get"},
        {"present": False},
        {"framed": True},
    ],
    ids=str,
)
def test_what_is_not_right_is_not_kept(cast: Cast, change: dict[str, object]) -> None:
    """A5, ASVS 6.7.2: another site, another name, another challenge, nobody there."""
    session = session_of(cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        begun = keeping.begin(cast.admin.user)
        answer = Device().register(begun.options, **change)
        with pytest.raises(ValidationError):
            keeping.finish(session, answer=answer, token=begun.token, name="")
        assert not Passkey.objects.exists()
        assert UsedChallenge.objects.count() == 1


@pytest.mark.parametrize("answer", ["", "[]", "{}", "null", '"x"', "\x00", '{"id": 1, "response": []}', "9" * 40_000])
def test_nonsense_is_refused(cast: Cast, answer: str) -> None:
    """ASVS 16.5.1: nothing that a browser sends makes the server stumble."""
    session = session_of(cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        begun = keeping.begin(cast.admin.user)
        with pytest.raises(ValidationError):
            keeping.finish(session, answer=answer, token=begun.token, name="")


def test_a_challenge_works_once_for_one_user_and_not_for_long(cast: Cast) -> None:
    """ASVS 6.7.2: replayed, somebody else's, expired, for another purpose, forged."""
    session, user, device = session_of(cast.admin), cast.admin.user, Device()
    with tenant_transaction(user.tenant_id):
        begun = keeping.begin(user)
        answer = device.register(begun.options)
        keeping.finish(session, answer=answer, token=begun.token, name="")

        def refused(token: str) -> bool:
            with pytest.raises(ValidationError) as refusal:
                keeping.finish(session, answer=answer, token=token, name="")
            return refusal.value.code == "refused"

        assert refused(begun.token)
        assert refused(keeping.begin(cast.editor.user).token)
        assert refused(challenges.issue(challenges.Purpose.FACTOR, user).token)
        assert refused("")
        assert refused(begun.token + "x")
        late = keeping.begin(user).token
        with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
            assert refused(late)


def test_the_same_passkey_twice(alice: Owner, cast: Cast) -> None:
    """A5: one passkey is one user's, whoever sends it."""
    with pytest.raises(ValidationError, match="registered already"):
        give_passkey(cast.editor, alice.device)


def test_the_same_passkey_in_another_company(alice: Owner, cast: Cast) -> None:
    """T1: what one company has says nothing to another."""
    other = give_passkey(cast.outsider, alice.device)

    for owner in (alice, other):
        with tenant_transaction(owner.person.tenant.id):
            assert [passkey.id for passkey in Passkey.objects.all()] == [owner.passkey.id]


def test_ten_are_enough(cast: Cast) -> None:
    """A5: the limit holds at the beginning and at the end."""
    session = session_of(cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        begun = keeping.begin(cast.admin.user)
    for _number in range(keeping.LIMIT):
        give_passkey(cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        with pytest.raises(ValidationError, match="10 passkeys"):
            keeping.begin(cast.admin.user)
        answer = Device().register(begun.options)
        with pytest.raises(ValidationError, match="10 passkeys"):
            keeping.finish(session, answer=answer, token=begun.token, name="")
    give_passkey(cast.editor)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_every_change_is_recorded_and_told(cast: Cast) -> None:
    """G1, ASVS 6.3.7: added, renamed, removed; the owner gets a mail for what opens or closes a way in."""
    owner = give_passkey(cast.admin, name="Phone")
    with tenant_transaction(cast.admin.tenant.id):
        keeping.rename(owner.passkey, name=" Old phone ", actor=cast.admin.actor)
        keeping.rename(owner.passkey, name="Old phone", actor=cast.admin.actor)
    with tenant_transaction(cast.admin.tenant.id):
        keeping.remove(owner.passkey, actor=cast.admin.actor)

    with tenant_transaction(cast.admin.tenant.id):
        events = AuditEvent.objects.filter(action__startswith="accounts.passkey.").order_by("at", "id")
        found = list(events.values_list("action", "actor_user_id"))
    codes = [PASSKEY_ADDED.code, PASSKEY_RENAMED.code, PASSKEY_REMOVED.code]
    assert found == [(code, "alice") for code in codes]
    told = [(message.subject, message.to) for message in mail.outbox]
    assert told == [
        ("A second factor was set up for your account", ["alice@acme.example"]),
        ("A second factor was removed from your account", ["alice@acme.example"]),
    ]


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_name_that_is_none(alice: Owner, name: str) -> None:
    """A5: a passkey keeps a name by which its owner knows it."""
    with tenant_transaction(alice.person.tenant.id), pytest.raises(ValidationError):
        keeping.rename(alice.passkey, name=name, actor=alice.person.actor)
