"""Too many wrong passwords delay the log-in, more each time, and never shut the owner out (A3; research 4)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count as numbers

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from pytest_django import Settings

from accounts.login import LoginRefused, log_in
from accounts.policy import throttle
from accounts.policy.models import DEFAULTS, AttemptCounter, SecurityPolicy
from auditlog.context import Origin, origin
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.attempts import WRONG
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD

ALLOWED = DEFAULTS["failures_allowed"]
TOTAL = ALLOWED * settings.LOGIN_TOTAL_FACTOR
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
_hosts = (f"2001:db8:{number:x}::1" for number in numbers(1))  # each in a network of its own

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that moves only when told to."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


def guess(
    user_id: str = "alice",
    password: str = WRONG,
    *,
    ip: str = "192.0.2.1",
    company: str = "ACME",
    device: tuple[str, str] | None = None,
) -> bool:
    """Whether the password opened the account."""
    with origin(Origin(ip=ip)):
        try:
            log_in(company_code=company, user_id=user_id, password=password, devices=dict([device] if device else []))
        except LoginRefused:
            return False
    return True


def reasons(tenant: Tenant) -> list[str]:
    """Why attempts failed, in the order of the log."""
    with tenant_transaction(tenant.id):
        failed = AuditEvent.objects.filter(action="accounts.login.failed").order_by("at", "id")
        return [event.after["reason"] for event in failed if event.after]


def test_the_right_password_does_not_help_while_locked(cast: Cast) -> None:
    """DESIGN 7: a correct password during a lockout gets the answer of a wrong one."""
    assert not any(guess() for _ in range(ALLOWED))
    assert not guess(password=PASSWORD)
    assert reasons(cast.admin.tenant) == ["wrong password"] * ALLOWED + ["locked"]


def test_the_delay_doubles_up_to_the_longest(cast: Cast, clock: time_machine.Traveller) -> None:
    """ASVS 6.3.1: 1, 2, 4, 8 and then 15 minutes between guesses."""
    for _ in range(ALLOWED - 1):
        guess()
    for minutes in (1, 2, 4, 8, 15, 15):
        assert not guess()
        clock.shift(minutes * MINUTE - SECOND)
        assert not guess(password=PASSWORD), minutes
        clock.shift(2 * SECOND)
    assert guess(password=PASSWORD)


def test_attempts_while_locked_do_not_prolong_the_lock(cast: Cast, clock: time_machine.Traveller) -> None:
    """DESIGN 7: otherwise a stranger could hold the door shut with one attempt in a while."""
    for _ in range(ALLOWED):
        guess()
    clock.shift(MINUTE - SECOND)
    guess()
    clock.shift(2 * SECOND)
    assert guess(password=PASSWORD)


def test_success_forgives_the_failures_before_it(cast: Cast) -> None:
    """A3: failures count in a row."""
    for _ in range(2):
        for _ in range(ALLOWED - 1):
            guess()
        assert guess(password=PASSWORD)


def test_a_day_without_an_attempt_is_forgotten(cast: Cast, clock: time_machine.Traveller) -> None:
    """A3: temporary."""
    for _ in range(ALLOWED - 1):
        guess()
    clock.shift(timedelta(hours=settings.LOGIN_COUNTERS_HOURS))
    for _ in range(ALLOWED - 1):
        guess()
    assert guess(password=PASSWORD)


def test_the_policy_of_the_company_decides(cast: Cast, clock: time_machine.Traveller) -> None:
    """A3: 3 failures and 2 minutes where the company wants it so."""
    with tenant_transaction(cast.admin.tenant.id):
        SecurityPolicy.objects.create(failures_allowed=3, lock_minutes=2)
    assert not any(guess() for _ in range(3))
    assert not guess(password=PASSWORD)
    assert guess("gina", PASSWORD, company="GLOBEX")


def test_other_spellings_of_an_id_are_no_further_attempts(cast: Cast) -> None:
    """Research 4.4: IDs are normalised before they are counted."""
    for spelling in ("alice", "ALICE", "ａｌｉｃｅ", " Alice ", "ＡＬＩＣＥ") * 2:
        assert not guess(spelling)
    assert not guess(password=PASSWORD)


def test_a_locked_account_leaves_the_others_alone(cast: Cast) -> None:
    """A8: one account is one account, in one company."""
    for _ in range(ALLOWED):
        guess()
    assert guess("erin", PASSWORD)


def test_another_address_has_its_own_counter(cast: Cast) -> None:
    """Research 4.3 (b): a stranger somewhere else does not lock the owner out."""
    for _ in range(ALLOWED + 5):
        guess(ip="198.51.100.7")
    assert guess(password=PASSWORD)


def test_addresses_of_one_ipv6_customer_are_one(cast: Cast) -> None:
    """Research 4.3: whoever has a /64 has no 2^64 further attempts."""
    for number in range(ALLOWED):
        guess(ip=f"2001:db8::{number:x}")
    assert not guess(password=PASSWORD, ip="2001:db8::ffff:1")
    assert guess(password=PASSWORD, ip="2001:db8:0:1::1")


def test_many_addresses_against_one_user_are_slowed_down(cast: Cast, clock: time_machine.Traveller) -> None:
    """ASVS 6.3.1, research 4.3 (c): from everywhere together, five times as many; then a delay that ends."""
    assert not any(guess(ip=next(_hosts)) for _ in range(TOTAL))
    assert not guess(password=PASSWORD, ip=next(_hosts))
    clock.shift(MINUTE + SECOND)
    assert guess(password=PASSWORD, ip=next(_hosts))


def test_a_known_device_is_not_locked_out_by_others(cast: Cast) -> None:
    """ASVS 6.1.1: malicious lockout is prevented; the device has as many tries as anybody, and no more."""
    device = (str(cast.admin.user.id), "desk")
    for _ in range(TOTAL + 1):
        guess(ip=next(_hosts))
    for _ in range(ALLOWED):
        guess()
    assert not guess(password=PASSWORD)
    assert guess(password=PASSWORD, device=device)
    for _ in range(ALLOWED):
        assert not guess(device=device)
    assert not guess(password=PASSWORD, device=device)


def test_a_device_of_somebody_else_is_no_known_device(cast: Cast) -> None:
    """Research 4.3: the cookie is bound to the user."""
    for _ in range(ALLOWED):
        guess()
    assert not guess(password=PASSWORD, device=(str(cast.editor.user.id), "desk"))


def test_success_takes_back_itself_from_the_total_and_nothing_else(cast: Cast) -> None:
    """Research 4.3: success resets (b) only."""
    for _ in range(3):
        guess(ip=next(_hosts))
    assert guess(password=PASSWORD)
    with tenant_transaction(cast.admin.tenant.id):
        total = AttemptCounter.objects.get(bucket=throttle.bucket("total", "ACME", "alice"))
    assert (total.failures, total.locked_until) == (3, None)


def test_unknown_names_are_counted_like_users(cast: Cast) -> None:
    """ASVS 6.3.8: at the company, and for a company that nobody has at the provider."""
    for _ in range(ALLOWED + 1):
        guess("nobody")
        guess(company="NOBODY")
    assert reasons(cast.admin.tenant).count("unknown user") == ALLOWED + 1
    for tenant, company, user_id in (
        (cast.admin.tenant, "ACME", "nobody"),
        (cast.operator.tenant, "NOBODY", "alice"),
    ):
        with tenant_transaction(tenant.id):
            counter = AttemptCounter.objects.get(bucket=throttle.bucket("address", company, user_id, "192.0.2.1"))
        assert counter.failures == ALLOWED
        assert counter.locked_until is not None


def test_an_address_is_slowed_down_whomever_it_tries(cast: Cast, settings: Settings) -> None:
    """ASVS 6.3.1, research 4.3 (a): one address, many users, many companies; before any hash."""
    settings.LOGIN_ADDRESS_FAILURES = 4
    ip, elsewhere = next(_hosts), next(_hosts)
    for company, user_id in (("ACME", "alice"), ("ACME", "x"), ("GLOBEX", "gina"), ("NOBODY", "y")):
        assert not guess(user_id, ip=ip, company=company)
    with pytest.raises(throttle.TooManyAttempts) as refusal:
        guess("erin", PASSWORD, ip=ip)
    assert 0 < refusal.value.retry_after <= settings.LOGIN_ADDRESS_SECONDS
    assert guess("erin", PASSWORD, ip=elsewhere)
    assert guess("erin", PASSWORD, ip=ip, device=(str(cast.editor.user.id), "desk"))
    with pytest.raises(throttle.TooManyAttempts):
        guess("alice", PASSWORD, ip=ip, device=(str(cast.editor.user.id), "desk"))


def test_log_ins_that_succeed_do_not_close_an_office(cast: Cast, settings: Settings) -> None:
    """Research 4.3: only failures stay counted for an address."""
    settings.LOGIN_ADDRESS_FAILURES = 2
    ip = next(_hosts)
    assert all(guess(password=PASSWORD, ip=ip) for _ in range(5))


def test_the_address_is_forgotten_after_a_while(cast: Cast, settings: Settings, clock: time_machine.Traveller) -> None:
    """A3: temporary."""
    settings.LOGIN_ADDRESS_FAILURES = 1
    ip = next(_hosts)
    guess(ip=ip)
    with pytest.raises(throttle.TooManyAttempts) as refusal:
        guess(ip=ip)
    clock.shift(timedelta(seconds=refusal.value.retry_after))
    assert guess(password=PASSWORD, ip=ip)


def test_without_the_cache_the_database_still_counts(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """ASVS 16.5.2, 16.5.3: it fails closed to the counters of the database, and the log says so."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    try:
        for _ in range(ALLOWED):
            guess()
        assert not guess(password=PASSWORD)
        assert guess("erin", PASSWORD)
    finally:
        cache.close()
    assert "it does not answer" in caplog.text


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_race_never_gets_more_tries_than_allowed(cast: Cast) -> None:
    """Research 4.4: 50 at once; attempts are counted before their password is looked at, in one statement."""
    opened = at_once(*[guess] * 50)
    assert opened == [False] * 50
    assert sorted(reasons(cast.admin.tenant)) == ["locked"] * (50 - ALLOWED) + ["wrong password"] * ALLOWED


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_race_from_everywhere_never_gets_more_tries_than_allowed(cast: Cast) -> None:
    """Research 4.4: the same for the counter over all addresses."""
    with tenant_transaction(cast.admin.tenant.id):
        SecurityPolicy.objects.create(failures_allowed=3)
    hosts = [next(_hosts) for _ in range(50)]
    at_once(*[lambda host=host: guess(ip=host) for host in hosts])
    assert reasons(cast.admin.tenant).count("wrong password") == 3 * settings.LOGIN_TOTAL_FACTOR
