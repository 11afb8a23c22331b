"""Logging in with a passkey alone (A5): where the company allows it, and one answer to everything else."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from pytest_django import Settings

from accounts.actions import LOGGED_IN, LOGIN_FAILED
from accounts.login import Admission, LoginRefused
from accounts.menus import ADMINISTRATOR
from accounts.models import Session, User, UserState
from accounts.passkeys import entering, keeping, proving
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.models import Passkey
from accounts.policy.actions import MANY_FAILURES
from accounts.policy.models import SecurityPolicy
from accounts.policy.throttle import TooManyAttempts
from accounts.sso.models import Connection
from auditlog.context import Origin, origin
from auditlog.models import AuditEvent
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.accounts.network.places import OFFICE_NETWORK, restrict
from tests.accounts.reading import actions_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.factories.tenants import make_tenant
from tests.passkeys.conftest import Owner, give_passkey

pytestmark = pytest.mark.django_db


def allow(tenant: Tenant) -> None:
    """Let people of the company in by a passkey alone."""
    with tenant_transaction(tenant.id):
        SecurityPolicy.objects.create(passkey_alone=True)


@pytest.fixture
def welcome(alice: Owner) -> Owner:
    """The administrator of ACME, who may come in by passkey alone."""
    allow(alice.person.tenant)
    return alice


def enter(owner: Owner, **changes: Any) -> Admission:
    """Log in with the owner's device, with what an attacker would change."""
    begun = proving.begin(None, Purpose.ALONE)
    return entering.log_in(answer=owner.device.sign(begun.options, **changes), token=begun.token)


def failures(tenant: Tenant) -> list[tuple[str, str]]:
    """Who failed and why, in the log of the company."""
    with tenant_transaction(tenant.id):
        events = AuditEvent.objects.filter(action=LOGIN_FAILED.code).order_by("at", "id")
        return [(event.target_label, (event.after or {})["reason"]) for event in events]


def test_in_without_company_code_and_user_id(welcome: Owner) -> None:
    """A5, ASVS 16.3.1: the passkey alone tells who it is; it counts as two factors, and as a proof made just now."""
    admission = enter(welcome)

    assert admission.secret.tenant_id == welcome.person.tenant.id
    assert not admission.awaiting_factor
    with tenant_transaction(welcome.person.tenant.id):
        session = Session.objects.get(token_hash=admission.secret.hash)
        event = AuditEvent.objects.get(action=LOGGED_IN.code)
    assert session.user_id == welcome.person.user.id
    assert (session.method, session.awaiting_factor, session.proved_at is not None) == ("passkey", False, True)
    assert (event.actor_user_id, event.after) == ("alice", {"method": "passkey"})


# --- Everything else ---------------------------------------------------------------------------------------------
def unknown(owner: Owner) -> dict[str, Any]:
    """The passkey was removed."""
    with tenant_transaction(owner.person.tenant.id):
        keeping.remove(owner.passkey, actor=owner.person.actor)
    return {}


def not_allowed(owner: Owner) -> dict[str, Any]:
    """The company does not let people in like that, which is the default."""
    with tenant_transaction(owner.person.tenant.id):
        SecurityPolicy.objects.update(passkey_alone=False)
    return {}


def suspended(owner: Owner) -> dict[str, Any]:
    """The account is suspended."""
    with tenant_transaction(owner.person.tenant.id):
        User.objects.filter(id=owner.person.user.id).update(state=UserState.SUSPENDED)
    return {}


def sso_enforced(owner: Owner) -> dict[str, Any]:
    """The company demands single sign-on of everybody."""
    with tenant_transaction(owner.person.tenant.id):
        Connection.objects.create(public_id="x" * 22, enforced=True, sp_key_sealed=b"", sp_certificate="")
    return {}


def outside(owner: Owner) -> dict[str, Any]:
    """The company lets people in from its own networks only (A4)."""
    restrict(owner.person.tenant, OFFICE_NETWORK)
    return {}


FAILURES: list[tuple[Callable[[Owner], dict[str, Any]], str]] = [
    (unknown, "unknown passkey"),
    (not_allowed, "passkey alone not allowed"),
    (suspended, "user not active"),
    (sso_enforced, "single sign-on required"),
    (outside, "address not allowed"),
    (lambda _owner: {"verified": False}, "answer does not verify"),
    (lambda _owner: {"origin": "https://evil.example"}, "answer does not verify"),
    (lambda _owner: {"rp_id": "evil.example"}, "answer does not verify"),
    (lambda _owner: {"challenge": bytes(32)}, "answer does not verify"),
    (lambda _owner: {"key": ec.generate_private_key(ec.SECP256R1())}, "answer does not verify"),
    (lambda owner: {"handle": owner.device.handle[:16] + bytes(16)}, "passkey of another account"),
]


@pytest.mark.parametrize(("failure", "reason"), FAILURES)
def test_nobody_gets_in(welcome: Owner, failure: Callable[[Owner], dict[str, Any]], reason: str) -> None:
    """A5, ASVS 6.3.4, 16.3.1: no session, one and the same refusal; the company's log knows why."""
    changes = failure(welcome)

    with pytest.raises(LoginRefused) as refused:
        enter(welcome, **changes)

    assert not refused.value.suspended
    who = "" if "handle" in changes else "alice"
    assert failures(welcome.person.tenant) == [(who, reason)]
    with tenant_transaction(welcome.person.tenant.id):
        assert not Session.objects.exists()


@pytest.mark.parametrize("handle", [b"", b"short", bytes(32), bytes(64)], ids=len)
def test_a_passkey_that_names_no_account_of_ours(welcome: Owner, provider: Tenant, handle: bytes) -> None:
    """A5: nothing is looked for in any company; the provider's log knows."""
    with pytest.raises(LoginRefused):
        enter(welcome, handle=handle)
    assert failures(provider) == [("", "unknown passkey")]
    assert failures(welcome.person.tenant) == []


@pytest.mark.parametrize("answer", ["", "{}", "null", "[1]", "\x00"])
def test_nonsense(provider: Tenant, answer: str) -> None:
    """ASVS 16.5.1: refused like everything else."""
    begun = proving.begin(None, Purpose.ALONE)
    with pytest.raises(LoginRefused):
        entering.log_in(answer=answer, token=begun.token)


def test_a_passkey_of_another_company(welcome: Owner, cast: Cast) -> None:
    """T1: whoever rewrites the name that the device gives finds nothing behind it."""
    stranger = give_passkey(cast.outsider)
    allow(cast.outsider.tenant)
    with pytest.raises(LoginRefused):
        enter(stranger, handle=welcome.device.handle)
    assert failures(welcome.person.tenant) == [("alice", "unknown passkey")]
    assert failures(cast.outsider.tenant) == []
    assert enter(stranger).secret.tenant_id == cast.outsider.tenant.id


def test_a_challenge_that_was_for_something_else_or_somebody_elses(welcome: Owner) -> None:
    """ASVS 6.7.2: what was signed as a second factor opens nothing alone."""
    with tenant_transaction(welcome.person.tenant.id):
        begun = proving.begin(welcome.person.user, Purpose.FACTOR)
    with pytest.raises(LoginRefused):
        entering.log_in(answer=welcome.device.sign(begun.options), token=begun.token)
    begun, other = proving.begin(None, Purpose.ALONE), proving.begin(None, Purpose.ALONE)
    with pytest.raises(LoginRefused):
        entering.log_in(answer=welcome.device.sign(begun.options), token=other.token)


def test_an_answer_works_once(welcome: Owner) -> None:
    """ASVS 6.7.2."""
    begun = proving.begin(None, Purpose.ALONE)
    answer = welcome.device.sign(begun.options)
    entering.log_in(answer=answer, token=begun.token)
    with pytest.raises(LoginRefused):
        entering.log_in(answer=answer, token=begun.token)
    assert failures(welcome.person.tenant) == [("alice", "challenge used before")]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_company_whose_contract_has_ended() -> None:
    """T4: nobody gets in but whoever may take the data along, and the answer does not say why."""
    gone = make_tenant("GONE", state=State.ACTIVE)
    owner = give_passkey(make_person(gone, "alice"))
    leaver = give_passkey(make_person(gone, "anna", ADMINISTRATOR))
    allow(gone)
    with platform_transaction():
        Tenant.objects.filter(id=gone.id).update(state=State.SUSPENDED)
    with pytest.raises(LoginRefused) as refused:
        enter(owner)
    assert not refused.value.suspended
    assert failures(gone) == [("alice", "company suspended")]
    enter(leaver)


def test_the_sealed_way_back_in(welcome: Owner) -> None:
    """A6: the one administrator who may use a password where single sign-on is required may use a passkey too."""
    sso_enforced(welcome)
    with tenant_transaction(welcome.person.tenant.id):
        Connection.objects.update(break_glass=welcome.person.user)
    enter(welcome)
    with tenant_transaction(welcome.person.tenant.id):
        assert AuditEvent.objects.filter(action="accounts.sso.break_glass").count() == 1


def test_an_address_that_fails_too_often(welcome: Owner, settings: Settings) -> None:
    """A2, ASVS 6.3.1: counted like wrong passwords; successes are not."""
    settings.LOGIN_ADDRESS_FAILURES = 2
    with origin(Origin(ip="192.0.2.77")):
        for _number in range(3):
            enter(welcome)
        for _number in range(2):
            with pytest.raises(LoginRefused):
                enter(welcome, verified=False)
        with pytest.raises(TooManyAttempts):
            enter(welcome)


def test_many_failures_of_a_company(welcome: Owner, cast: Cast, settings: Settings) -> None:
    """ASVS 6.3.1, 6.3.5: counted with its wrong passwords, so that its administrators hear of them."""
    settings.LOGIN_COMPANY_FAILURES = 2
    cache.clear()
    for _number in range(3):
        with pytest.raises(LoginRefused):
            enter(welcome, verified=False)
    assert actions_of(welcome.person.tenant).count(MANY_FAILURES.code) == 1
    assert MANY_FAILURES.code not in actions_of(cast.operator.tenant)


def test_a_copied_device_is_on_record(welcome: Owner) -> None:
    """A5: also where the passkey stands alone."""
    enter(welcome)
    with pytest.raises(LoginRefused):
        enter(welcome, counted=0)
    with tenant_transaction(welcome.person.tenant.id):
        assert AuditEvent.objects.filter(action="accounts.passkey.copied").count() == 1
        assert Passkey.objects.get().sign_count == 1
