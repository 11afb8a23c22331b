"""Many failures are told; guesses inside are counted (ASVS 6.3.1, 6.3.5)."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.login import LoginRefused, log_in
from accounts.policy.actions import MANY_FAILURES
from accounts.policy.guesses import is_right_password
from accounts.policy.models import DEFAULTS
from auditlog.context import Origin, origin
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD


def _fail(company_code: str, number: int) -> None:
    with pytest.raises(LoginRefused), origin(Origin(ip=f"198.51.100.{number}")):
        log_in(company_code=company_code, user_id=f"user{number}", password="canary leaked elsewhere")


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_failures_of_many_users_from_many_addresses_are_told_once(cast: Cast, settings: Settings) -> None:
    """ASVS 6.3.1, 6.3.5: no user and no address has more than one; the administrators of that company hear of it."""
    settings.LOGIN_COMPANY_FAILURES = 5
    cache.clear()
    for number in range(4):
        _fail("ACME", number)
        _fail("GLOBEX", number)
    assert mail.outbox == []
    for number in range(4, 12):
        _fail("ACME", number)

    assert [message.to for message in mail.outbox] == [[cast.admin.user.email]]
    assert "5 attempts" in mail.outbox[0].body
    assert actions_of(cast.admin.tenant).count(MANY_FAILURES.code) == 1
    assert newest_event(cast.admin.tenant, MANY_FAILURES.code).after == {"failures": 5, "minutes": 10}
    assert MANY_FAILURES.code not in actions_of(cast.outsider.tenant)


def _change(client: Client, current: str) -> str:
    new = {"current": current, "password": "another long password", "repeated": "another long password"}
    answer = client.post("/profile/password/", new)
    return answer.content.decode() if answer.status_code == 200 else "changed"


@pytest.mark.django_db
def test_guesses_on_the_profile_are_counted(cast: Cast) -> None:
    """ASVS 6.3.1: whoever finds an open browser gets no more tries at the password than at the log-in."""
    client = cast.reader.client()
    for _ in range(DEFAULTS["failures_allowed"]):
        assert "This is not your current password." in _change(client, "a guess")
    assert "This is not your current password." in _change(client, PASSWORD)
    assert actions_of(cast.reader.tenant).count("accounts.identity.refused") == DEFAULTS["failures_allowed"] + 1


@pytest.mark.django_db
def test_a_right_password_forgets_the_guesses(cast: Cast) -> None:
    """A2: somebody who mistypes now and then is never delayed."""
    with tenant_transaction(cast.reader.tenant.id):
        for _ in range(2):
            for _ in range(DEFAULTS["failures_allowed"] - 1):
                assert not is_right_password(cast.reader.user, "a guess")
            assert is_right_password(cast.reader.user, PASSWORD)
