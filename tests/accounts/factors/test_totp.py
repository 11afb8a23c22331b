"""Codes of an authenticator app: right, late, used, guessed, all at once (A5)."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from accounts.factors import attempts, totp
from accounts.factors.models import TotpDevice
from accounts.login import Admission, LoginRefused, log_in
from accounts.models import Session
from accounts.sessions import PENDING_MINUTES, find_session
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import actions_of, changes, newest_event
from tests.concurrency import at_once
from tests.factories.people import PASSWORD, SEED, Person, give_app, make_person

RFC_6238_SEED = b"12345678901234567890"
NOON = datetime(2026, 11, 22, 3, 0, 10, tzinfo=UTC)


@pytest.fixture
def alice(acme: Tenant) -> Person:
    """Somebody with an authenticator app."""
    person = make_person(acme, "alice")
    with tenant_transaction(acme.id):
        give_app(person.user)
    return person


def begin(person: Person) -> Session:
    """A log-in that waits for its second factor."""
    admission = log_in(company_code=person.tenant.company_code, user_id=person.user.user_id, password=PASSWORD)
    assert admission.awaiting_factor
    with tenant_transaction(person.tenant.id):
        found = find_session(admission.secret)
    assert found is not None
    return found.session


def enter(pending: Session, code: str) -> Admission | None:
    """Answer with a code."""
    return attempts.enter(pending, method="totp", spend=partial(totp.spend, pending.user, code))


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the last six digits."""
    assert totp.code_at(RFC_6238_SEED, datetime.fromtimestamp(seconds, UTC)) == code


@pytest.mark.django_db
def test_a_right_code_finishes_the_log_in(alice: Person) -> None:
    """ASVS 6.3.3, 7.2.4, 16.3.1: the secret is another one afterwards, and the log names both factors."""
    pending = begin(alice)
    old_hash = pending.token_hash
    assert "accounts.login.succeeded" not in actions_of(alice.tenant)

    admission = enter(pending, alice.code())

    assert admission is not None
    with tenant_transaction(alice.tenant.id):
        found = find_session(admission.secret)
        assert found is not None
        assert (found.session.method, found.session.awaiting_factor) == ("password+totp", False)
        assert not Session.objects.filter(token_hash=old_hash).exists()
    assert changes(newest_event(alice.tenant, "accounts.login.succeeded")) == (None, {"method": "password+totp"})


@pytest.mark.django_db
@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, False)])
def test_a_code_is_good_for_its_step_and_the_next(alice: Person, steps: int, right: bool) -> None:
    """ASVS 6.5.5, 6.5.8: the server's clock decides, 30 seconds late at the most, never early."""
    with time_machine.travel(NOON, tick=False):
        code = totp.code_at(SEED, NOON + timedelta(seconds=steps * totp.STEP_SECONDS))
        assert (enter(begin(alice), code) is not None) == right


@pytest.mark.django_db
def test_a_code_works_once(alice: Person) -> None:
    """ASVS 6.5.1: not again in the same step, and no older one after it."""
    with time_machine.travel(NOON, tick=False):
        earlier = totp.code_at(SEED, NOON - timedelta(seconds=30))
        assert enter(begin(alice), alice.code()) is not None
        assert enter(begin(alice), alice.code()) is None
        assert enter(begin(alice), earlier) is None


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_one_gets_in(alice: Person) -> None:
    """ASVS 6.5.1: the last step is advanced by one statement."""
    code = alice.code()

    def spend() -> bool:
        with tenant_transaction(alice.tenant.id):
            return totp.spend(alice.user, code)

    with time_machine.travel(timezone.now(), tick=False):
        assert sorted(at_once(*[spend] * 50)) == [False] * 49 + [True]


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_no_more_tries(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """ASVS 6.6.3: however many at once, as many are looked at as one after the other."""
    looked_at: list[int] = []
    pending = begin(alice)

    def spend() -> bool:
        looked_at.append(1)
        return False

    def guess() -> Admission | None:
        return attempts.enter(pending, method="totp", spend=spend)

    at_once(*[guess] * 50)

    assert len(looked_at) == attempts.FREE_FAILURES


@pytest.mark.django_db
def test_a_right_password_gives_no_new_guesses(alice: Person, mailoutbox: list[object]) -> None:
    """ASVS 6.6.3: codes have a counter of their own, and the user hears of it."""
    pending = begin(alice)
    assert [enter(pending, "000000") for _try in range(attempts.FREE_FAILURES)] == [None] * attempts.FREE_FAILURES

    again = begin(alice)

    assert enter(again, alice.code()) is None  # it waits now, so even the right one is not looked at
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert enter(begin(alice), alice.code()) is not None


@pytest.mark.django_db(transaction=True)
def test_the_user_is_told_of_guesses(alice: Person, mailoutbox: list[object]) -> None:
    """ASVS 6.3.5: whoever guesses codes knows the password already."""
    pending = begin(alice)
    for _try in range(attempts.FREE_FAILURES + 2):
        enter(pending, "000000")
    assert [mail.subject for mail in mailoutbox] == [  # type: ignore[attr-defined]
        "Wrong codes were entered for your account after the right password"
    ]


@pytest.mark.django_db
def test_a_log_in_does_not_wait_for_ever(alice: Person) -> None:
    """A log-in without its second factor ends after ten minutes; so does one of somebody who is stopped meanwhile."""
    pending = begin(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=PENDING_MINUTES)), tenant_transaction(alice.tenant.id):
        assert Session.objects.get(id=pending.id).ended_at is None
    with tenant_transaction(alice.tenant.id):
        Session.objects.filter(id=pending.id).update(ended_at=timezone.now())
    with pytest.raises(LoginRefused):
        enter(pending, alice.code())


@pytest.mark.django_db
def test_the_seed_is_sealed_for_its_user(alice: Person, acme: Tenant) -> None:
    """ASVS 6.5.2, D7: neither in the clear in the database, nor of any use in another user's row."""
    with tenant_transaction(acme.id):
        sealed = bytes(TotpDevice.objects.get(user=alice.user).seed_sealed)
    assert SEED not in sealed
    assert totp.unseal(alice.user, sealed) == SEED
    assert totp.unseal(make_person(acme, "mallory").user, sealed) is None
