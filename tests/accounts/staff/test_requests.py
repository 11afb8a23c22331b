"""Asking and deciding (A14; ASVS 8.4.2)."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import ProgrammingError
from django.utils import timezone

from accounts.menus import ADMINISTRATOR
from accounts.staff import decisions, grants
from accounts.staff.models import AccessState, EndReason, StaffAccess
from accounts.staff.tasks import close_accesses
from accounts.users import suspend_user
from auditlog.actors import ActorKind
from auditlog.models import AuditEvent
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.accounts.reading import actions_of, newest_event
from tests.accounts.staff.conftest import PURPOSE, Accesses, stored
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def approve(access: StaffAccess, by: Person, *, minutes: int | None = None) -> None:
    """As the company's decider."""
    with tenant_transaction(by.tenant.id):
        decisions.approve(access, minutes=minutes or access.minutes, word="", approver=by.user, actor=by.actor)


def approve_emergency(access: StaffAccess, by: Person, word: str = "Nobody answers, data are being lost") -> None:
    """As a second operator."""
    with tenant_transaction(by.tenant.id):
        decisions.approve_emergency(access, minutes=access.minutes, word=word, approver=by.user, actor=by.actor)


def code_of(refusal: pytest.ExceptionInfo[ValidationError]) -> str | None:
    """Why a service refused."""
    return getattr(refusal.value, "code", None)


def test_a_request_is_told_and_in_both_logs(cast: Cast, accesses: Accesses) -> None:
    """A14: the deciders get a mail, the company's log names the operator, the provider's log links to it."""
    access = accesses.asked()
    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert PURPOSE in mail.outbox[0].body
    assert f"/console/staff-access/{access.id}/" in mail.outbox[0].body

    own = newest_event(cast.admin.tenant, "staff.access.asked")
    assert (own.actor_kind, own.actor_user_id, own.target_id) == (ActorKind.OPERATOR, "olga", str(access.id))
    assert (own.after or {})["purpose"] == PURPOSE
    linked = newest_event(cast.operator.tenant, "staff.access.asked")
    assert (linked.target_id, linked.target_label) == (str(access.id), "ACME: Olga (olga): INQ-7")
    assert "staff.access.asked" not in actions_of(cast.outsider.tenant)


def test_approval_may_shorten_and_starts_the_time(cast: Cast, accesses: Accesses) -> None:
    """A14: 30 minutes asked, 10 given, from now on; the operator is told."""
    access = accesses.asked()
    with time_machine.travel(timezone.now(), tick=False):
        approve(access, cast.admin, minutes=10)
        assert stored(access).ends_at == timezone.now() + timedelta(minutes=10)
    assert mail.outbox[-1].to == ["olga@provider.example"]
    assert newest_event(cast.operator.tenant, "staff.access.approved").actor_user_id == "alice"


@pytest.mark.parametrize("minutes", [0, 31, 600])
def test_no_more_than_was_asked(cast: Cast, accesses: Accesses, minutes: int) -> None:
    """A14: the decider cannot give more time than was asked for."""
    access = accesses.asked()
    with tenant_transaction(access.tenant_id), pytest.raises(ValidationError):
        decisions.approve(access, minutes=minutes, word="", approver=cast.admin.user, actor=cast.admin.actor)
    assert stored(access).state == AccessState.ASKED


@pytest.mark.parametrize("minutes", [0, 61])
def test_at_most_an_hour(accesses: Accesses, minutes: int) -> None:
    """A14: 1 to 60 minutes can be asked for."""
    with pytest.raises(ValidationError, match="minutes"):
        accesses.asked(minutes=minutes)


@pytest.mark.parametrize("company", ["PROVIDER", "NOBODY"])
def test_only_companies_in_use_can_be_asked(accesses: Accesses, company: str) -> None:
    """A14: not the provider itself, not a code that nobody has."""
    with pytest.raises(ValidationError, match="No company in use"):
        accesses.asked(company=company)


def test_one_request_at_a_time(accesses: Accesses) -> None:
    """A14: a second request of the same operator waits until the first is over."""
    access = accesses.asked()
    with pytest.raises(ValidationError, match="already"):
        accesses.asked()
    with tenant_transaction(accesses.cast.operator.tenant.id):
        grants.end(access, reason=EndReason.STAFF, actor=accesses.cast.operator.actor)
    accesses.asked()


def test_nobody_approves_their_own_request(cast: Cast, accesses: Accesses, second: Person) -> None:
    """A14, ASVS 8.4.2: not as second operator, not by an account of the same person in the company."""
    emergency = accesses.asked(emergency=True)
    with pytest.raises(ValidationError) as refusal:
        approve_emergency(emergency, cast.operator)
    assert code_of(refusal) == "own"

    twin = make_person(cast.admin.tenant, "olga2", ADMINISTRATOR, email="Olga@Provider.example")
    with pytest.raises(ValidationError) as refusal:
        approve(emergency, twin)
    assert code_of(refusal) == "own"
    with pytest.raises(ValidationError) as refusal:
        approve_emergency(emergency, cast.admin)
    assert code_of(refusal) == "stranger"
    with tenant_transaction(emergency.tenant_id), pytest.raises(ValidationError) as refusal:
        decisions.approve(emergency, minutes=5, word="", approver=second.user, actor=second.actor)
    assert code_of(refusal) == "stranger"
    assert stored(emergency).state == AccessState.ASKED


def test_a_second_operator_grants_a_declared_emergency_only(cast: Cast, accesses: Accesses, second: Person) -> None:
    """A14: with a reason; the company is told at once, and by name."""
    quiet = accesses.asked(company="GLOBEX")
    with pytest.raises(ValidationError) as refusal:
        approve_emergency(quiet, second)
    assert code_of(refusal) == "no_emergency"

    mail.outbox.clear()
    access = accesses.asked(emergency=True)
    assert sorted(message.to[0] for message in mail.outbox) == ["alice@acme.example", "otto@provider.example"]
    with pytest.raises(ValidationError, match="reason"):
        approve_emergency(access, second, word=" ")
    approve_emergency(access, second)
    told = next(message for message in mail.outbox if "has begun" in str(message.subject))
    assert told.to == ["alice@acme.example"]
    assert "Otto" in told.body
    event = newest_event(cast.admin.tenant, "staff.access.approved")
    assert (event.actor_kind, event.actor_user_id, (event.after or {})["emergency"]) == (
        ActorKind.OPERATOR,
        "otto",
        True,
    )


def test_of_two_approvals_at_once_one_counts(cast: Cast, accesses: Accesses) -> None:
    """A14: the second one is refused, and one event is on record."""
    access = accesses.asked()
    people = [cast.admin, make_person(cast.admin.tenant, "adam", ADMINISTRATOR)]

    def decide(person: Person) -> str:
        try:
            approve(stored(access), person)
        except ValidationError as refusal:
            return str(refusal.code)
        return "granted"

    assert sorted(at_once(*(partial(decide, person) for person in people))) == ["granted", "state"]
    assert actions_of(cast.admin.tenant).count("staff.access.approved") == 1


def test_refusal_takes_a_word_and_is_final(cast: Cast, accesses: Accesses) -> None:
    """A14: refused stays refused."""
    access = accesses.asked()
    with tenant_transaction(access.tenant_id):
        with pytest.raises(ValidationError, match="why"):
            decisions.refuse(access, word=" ", actor=cast.admin.actor)
        decisions.refuse(access, word="Not today", actor=cast.admin.actor)
    with pytest.raises(ValidationError) as refusal:
        approve(access, cast.admin)
    assert code_of(refusal) == "state"
    assert "Not today" in mail.outbox[-1].body
    assert stored(access).state == AccessState.REFUSED


def test_the_job_writes_down_what_is_over_once(cast: Cast, accesses: Accesses) -> None:
    """A14: unanswered after 24 hours, over after its time; the other company's stay as they are."""
    waiting, running = accesses.asked(), accesses.granted(company="GLOBEX", approver=cast.outsider)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert stored(running).state_now is AccessState.ENDED
        close_accesses.delay()
        close_accesses.delay()
    assert (stored(running).state, stored(running).end_reason) == (AccessState.ENDED, EndReason.TIME)
    assert stored(waiting).state == AccessState.ASKED
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        with pytest.raises(ValidationError):
            approve(waiting, cast.admin)
        close_accesses.delay()
    assert stored(waiting).state == AccessState.EXPIRED
    assert actions_of(cast.outsider.tenant).count("staff.access.ended") == 1
    assert actions_of(cast.operator.tenant).count("staff.access.ended") == 2


def test_the_job_ends_what_nobody_may_use(cast: Cast, accesses: Accesses, second: Person) -> None:
    """A14: a suspended operator, a suspended company."""
    first = accesses.granted(by=second)
    other = accesses.granted(company="GLOBEX", approver=cast.outsider)
    with tenant_transaction(second.tenant.id):
        suspend_user(second.user, actor=cast.operator.actor)
    close_accesses.delay()
    assert (stored(first).state, stored(first).end_reason) == (AccessState.ENDED, EndReason.ACCOUNT)
    assert stored(other).state == AccessState.GRANTED
    suspend(cast.outsider.tenant)
    close_accesses.delay()
    assert stored(other).end_reason == EndReason.CONTRACT


def suspend(tenant: Tenant) -> None:
    """As the provider's jobs will do."""
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(state=State.SUSPENDED)


def test_history_stays(cast: Cast, accesses: Accesses) -> None:
    """A14, ASVS 16.4.2: rows cannot be deleted, over is over, and each company sees its own."""
    mine, theirs = accesses.asked(), accesses.asked(company="GLOBEX")
    with pytest.raises(ProgrammingError), tenant_transaction(mine.tenant_id):
        mine.delete()
    with tenant_transaction(mine.tenant_id):
        assert [row.id for row in StaffAccess.objects.all()] == [mine.id]
        assert not AuditEvent.objects.filter(target_id=str(theirs.id)).exists()
    with tenant_transaction(theirs.tenant_id):
        assert [row.id for row in StaffAccess.objects.all()] == [theirs.id]
