"""Logging in (A1, A2): one answer and one hash, whatever is wrong."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.login import LoginRefused, log_in
from accounts.models import Session, User, UserState
from auditlog.models import AuditEvent
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.accounts.attempts import (
    EVERY_FAILURE,
    WRONG,
    Attempt,
    old_parameters,
    suspended_company,
    unknown_company,
    wrong_password,
)
from tests.accounts.conftest import HashCount
from tests.accounts.reading import comparable, stranger
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, make_person

committed = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

every_failure = pytest.mark.parametrize("failure", EVERY_FAILURE, ids=lambda failure: failure.__name__)


def answer(attempt: Attempt) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of the page's answer, without what differs from request to request by design."""
    response = stranger().post("/login/", attempt.typed())
    status, body, headers = comparable(response)
    for typed in (attempt.company_code, attempt.user_id):
        body = body.replace(f'value="{typed}"', 'value=""')
    return status, body, headers


@committed
@every_failure
def test_every_failure_has_the_same_answer(failure: Callable[[Tenant], Attempt], acme: Tenant) -> None:
    """ASVS 6.3.8: status, body, headers and cookies do not tell what was wrong."""
    assert answer(failure(acme)) == answer(Attempt("ABSENT", "absent"))


@committed
@every_failure
def test_every_failure_costs_one_hash(failure: Callable[[Tenant], Attempt], acme: Tenant, hashes: HashCount) -> None:
    """A2: the time does not tell either."""
    attempt = failure(acme)
    with hashes, pytest.raises(LoginRefused) as refusal:
        log_in(**attempt.typed())
    assert hashes.number == 1
    assert not refusal.value.suspended


@committed
@pytest.mark.parametrize("failure", [*EVERY_FAILURE, old_parameters], ids=lambda failure: failure.__name__)
def test_every_failure_costs_the_same_statements(failure: Callable[[Tenant], Attempt], acme: Tenant) -> None:
    """ASVS 6.3.8, research 4.1: the database is asked as often, in the same order, whatever is wrong."""

    def statements(attempt: Attempt) -> list[str]:
        with CaptureQueriesContext(connection) as queries, pytest.raises(LoginRefused):
            log_in(**attempt.typed())
        return [re.sub(r"'[^']*'", "?", query["sql"])[:60] for query in queries]

    assert statements(failure(acme)) == statements(Attempt("ABSENT", "absent"))


@pytest.mark.django_db
def test_a_right_password_costs_one_hash_too(cast: Cast, hashes: HashCount) -> None:
    """A2: neither does success before its answer."""
    with hashes:
        log_in(company_code="ACME", user_id="alice", password=PASSWORD)
    assert hashes.number == 1


@pytest.mark.django_db
def test_a_cheaper_old_hash_is_topped_up(acme: Tenant, hashes: HashCount) -> None:
    """Research 0.4: one hash with today's parameters is computed for those who have an older one as well."""
    attempt = old_parameters(acme)
    with hashes, pytest.raises(LoginRefused):
        log_in(**attempt.typed())
    assert hashes.number == 2


@pytest.mark.django_db
def test_an_old_hash_is_renewed_at_the_next_log_in(acme: Tenant) -> None:
    """A2: stronger parameters reach everybody without a reset."""
    person = make_person(acme, "alice", password=make_password(PASSWORD).replace("m=64", "m=65"))
    with tenant_transaction(acme.id):
        User.objects.filter(id=person.user.id).update(password=_with_parameters(2))

    log_in(company_code="ACME", user_id="alice", password=PASSWORD)

    with tenant_transaction(acme.id):
        renewed = User.objects.get(id=person.user.id)
        assert ",t=1," in renewed.password
        assert renewed.check_password(PASSWORD)


def _with_parameters(time_cost: int) -> str:
    from argon2 import PasswordHasher

    return "argon2" + PasswordHasher(time_cost=time_cost, memory_cost=64, parallelism=1).hash(PASSWORD)


@committed
def test_a_suspension_is_told_to_somebody_who_knows_the_password(acme: Tenant) -> None:
    """DESIGN 7: states are told only after a correct password."""
    make_person(acme, "sam", state=UserState.SUSPENDED)
    company = suspended_company(acme)
    for code, user_id in ((acme.company_code, "sam"), (company.company_code, company.user_id)):
        page = stranger().post("/login/", Attempt(code, user_id, PASSWORD).typed()).content.decode()
        assert "suspended" in page
        with pytest.raises(LoginRefused) as refusal:
            log_in(company_code=code, user_id=user_id, password=PASSWORD)
        assert refusal.value.suspended


@pytest.mark.django_db
@pytest.mark.parametrize("user_id", ["alice", "ALICE", "  alice ", "ａｌｉｃｅ", "ＡＬＩＣＥ"])
@pytest.mark.parametrize("company_code", ["ACME", "acme", " acme", "ａｃｍｅ"])
def test_full_width_and_capital_letters_are_the_same_id(cast: Cast, company_code: str, user_id: str) -> None:
    """A1: Japanese input methods type full-width letters."""
    assert (
        log_in(company_code=company_code, user_id=user_id, password=PASSWORD).secret.tenant_id == cast.admin.tenant.id
    )


@pytest.mark.django_db
@pytest.mark.parametrize("password", [PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), PASSWORD[:-1]])
def test_a_password_is_verified_exactly_as_typed(cast: Cast, password: str) -> None:
    """ASVS 6.2.8: nothing is trimmed, folded or cut."""
    with pytest.raises(LoginRefused):
        log_in(company_code="ACME", user_id="alice", password=password)


@pytest.mark.django_db
def test_a_huge_password_is_refused_before_it_is_hashed(cast: Cast, hashes: HashCount) -> None:
    """ASVS 6.2.9: 10 kB of password are no work for the server, whoever it is for."""
    with hashes:
        response = stranger().post("/login/", Attempt("ACME", "alice", "x" * 10_000).typed())
    assert hashes.number == 0
    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["company_code", "user_id", "password"])
def test_a_nul_byte_is_an_entry_like_any_other_wrong_one(cast: Cast, field: str) -> None:
    """D6: PostgreSQL refuses NUL; the page must not break over it."""
    typed = Attempt("ACME", "alice", PASSWORD).typed() | {field: "al\0ice"}
    assert stranger().post("/login/", typed).status_code == 200


@pytest.mark.django_db
def test_a_log_in_of_one_company_says_nothing_of_another(cast: Cast) -> None:
    """T1: the same user ID and password in another company open nothing."""
    make_person(cast.outsider.tenant, "erin", password=make_password(WRONG))
    with pytest.raises(LoginRefused):
        log_in(company_code="GLOBEX", user_id="erin", password=PASSWORD)
    with pytest.raises(LoginRefused):
        log_in(company_code="GLOBEX", user_id="alice", password=PASSWORD)


@pytest.mark.django_db
def test_success_and_failure_are_recorded_with_their_reason(cast: Cast) -> None:
    """G1, G3: who, what and why, in the company's own log; the password is in neither."""
    with pytest.raises(LoginRefused):
        log_in(**wrong_password(cast.outsider.tenant).typed())
    log_in(company_code="GLOBEX", user_id="alice", password=PASSWORD)
    with tenant_transaction(cast.outsider.tenant.id):
        user = User.objects.get(user_id="alice")
        failed, succeeded = AuditEvent.objects.order_by("at", "id")
    assert (failed.action, failed.outcome, failed.actor_kind) == ("accounts.login.failed", "failure", "anyone")
    assert failed.after == {"reason": "wrong password", "company_code": "GLOBEX"}
    assert (failed.actor_user_id, failed.target_id) == ("alice", str(user.id))
    assert (succeeded.action, succeeded.actor_id, succeeded.target_id) == (
        "accounts.login.succeeded",
        user.id,
        str(user.id),
    )


@pytest.mark.django_db
def test_an_attempt_for_an_unknown_company_is_in_the_providers_log(cast: Cast) -> None:
    """G9: guessing of company codes is seen by those who can act on it."""
    with pytest.raises(LoginRefused):
        log_in(**unknown_company(cast.admin.tenant).typed())
    with tenant_transaction(cast.operator.tenant.id):
        event = AuditEvent.objects.get(action="accounts.login.failed")
    assert event.after == {"reason": "unknown company", "company_code": "NOBODY"}


@committed
def test_an_account_that_changes_meanwhile_is_not_admitted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A8: suspension or a new password between the check and the admission wins."""
    from accounts import login

    real = login._verify

    def suspended_meanwhile(password: str, user: User | None) -> tuple[bool, bool]:
        verdict = real(password, user)
        with tenant_transaction(cast.editor.tenant.id):
            User.objects.filter(user_id="erin").update(state=UserState.SUSPENDED)
        return verdict

    monkeypatch.setattr(login, "_verify", suspended_meanwhile)
    with pytest.raises(LoginRefused):
        log_in(company_code="ACME", user_id="erin", password=PASSWORD)
    with tenant_transaction(cast.editor.tenant.id):
        assert not Session.objects.filter(user__user_id="erin").exists()


@committed
def test_an_erased_company_does_not_resolve(acme: Tenant) -> None:
    """T4: its code is as unknown as one that never was."""
    attempt = suspended_company(acme)
    with platform_transaction():
        Tenant.objects.filter(company_code="GONE").update(state=State.ERASED)
    with pytest.raises(LoginRefused) as refusal:
        log_in(company_code=attempt.company_code, user_id=attempt.user_id, password=PASSWORD)
    assert not refusal.value.suspended
