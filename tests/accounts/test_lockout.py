"""Too many wrong passwords close the log-in for a while (A3)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from accounts.login import LoginRefused, log_in
from accounts.models import User
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.attempts import WRONG
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD

ALLOWED = settings.LOGIN_FAILURES_ALLOWED
LOCK = timedelta(seconds=settings.LOGIN_LOCK_SECONDS)


def guess(user_id: str = "alice", password: str = WRONG) -> bool:
    """Whether the password opened the account."""
    try:
        log_in(company_code="ACME", user_id=user_id, password=password)
    except LoginRefused:
        return False
    return True


def reasons(tenant: Tenant) -> list[str]:
    """Why attempts failed, in the order of the log."""
    with tenant_transaction(tenant.id):
        failed = AuditEvent.objects.filter(action="accounts.login.failed").order_by("at", "id")
        return [event.after["reason"] for event in failed if event.after]


@pytest.mark.django_db
def test_the_settings_are_ten_failures_and_fifteen_minutes() -> None:
    """ASVS 6.1.1: the documented numbers."""
    assert (10, timedelta(minutes=15)) == (ALLOWED, LOCK)


@pytest.mark.django_db
def test_the_right_password_does_not_help_while_locked(cast: Cast) -> None:
    """DESIGN 7: a correct password during a lockout gets the answer of a wrong one."""
    assert not any(guess() for _ in range(ALLOWED))
    assert not guess(password=PASSWORD)
    assert reasons(cast.admin.tenant) == ["wrong password"] * ALLOWED + ["locked"]


@pytest.mark.django_db
def test_the_lock_ends_by_itself_and_counting_starts_anew(cast: Cast) -> None:
    """DESIGN 7: lockout is temporary; nobody can lock the owner out for good."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(ALLOWED):
            guess()
        clock.shift(LOCK - timedelta(seconds=1))
        assert not guess(password=PASSWORD)
        clock.shift(timedelta(seconds=2))
        for _ in range(ALLOWED - 1):
            assert not guess()
        assert guess(password=PASSWORD)


@pytest.mark.django_db
def test_attempts_while_locked_do_not_prolong_the_lock(cast: Cast) -> None:
    """DESIGN 7: otherwise a stranger could hold the door shut with one attempt in a quarter of an hour."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(ALLOWED):
            guess()
        clock.shift(LOCK - timedelta(seconds=1))
        guess()
        clock.shift(timedelta(seconds=2))
        assert guess(password=PASSWORD)


@pytest.mark.django_db
def test_success_forgives(cast: Cast) -> None:
    """A3: failures count in a row."""
    for _ in range(2):
        for _ in range(ALLOWED - 1):
            guess()
        assert guess(password=PASSWORD)


@pytest.mark.django_db
def test_other_spellings_of_an_id_are_no_further_attempts(cast: Cast) -> None:
    """Research 4.4: IDs are normalised before they are counted."""
    for spelling in ("alice", "ALICE", "ａｌｉｃｅ", " Alice ", "ＡＬＩＣＥ") * 2:
        assert not guess(spelling)
    assert not guess(password=PASSWORD)


@pytest.mark.django_db
def test_a_locked_account_leaves_the_others_alone(cast: Cast) -> None:
    """A8: one account is one account."""
    for _ in range(ALLOWED):
        guess()
    assert guess("erin", PASSWORD)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_race_never_gets_more_tries_than_allowed(cast: Cast) -> None:
    """Research 4.4: attempts are counted before their password is looked at, under a lock."""
    opened = at_once(*[guess] * 16, *[guess] * 8)
    assert opened == [False] * 24
    assert sorted(reasons(cast.admin.tenant)) == ["locked"] * (24 - ALLOWED) + ["wrong password"] * ALLOWED
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.get(user_id="alice").failed_logins == ALLOWED
