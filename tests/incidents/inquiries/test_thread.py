"""A thread between a company and support: its states, its deadline, its mails, its records, its wall (N4)."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connections, transaction

from accounts.menus import EDITOR
from auditlog.queries import events
from incidents.alarms.models import Alarm
from incidents.clock.editions import calendar_in_force
from incidents.clock.kinds import KINDS
from incidents.clock.models import Deadline
from incidents.inquiries import answering, asking, notices, queries
from incidents.inquiries.models import Inquiry, InquiryMessage, InquiryState, Priority
from incidents.inquiries.notes import add_note, notes_of
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, make_person
from tests.incidents.inquiries.asking import SUBJECT, TEXT, answer, ask, now

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def recorded(tenant: Tenant) -> list[tuple[str, str, str]]:
    """What the log of a company says of inquiries: action, kind of actor, target."""
    with tenant_transaction(tenant.id):
        found = events().filter(action__startswith="inquiries.").order_by("at", "id")
        return [(event.action, event.actor_kind, event.target_label) for event in found]


def deadline_of(inquiry: Inquiry) -> Deadline:
    """The promise of its first answer."""
    with platform_transaction():
        return Deadline.objects.get(kind="first_answer", about_id=str(inquiry.id))


def mails_to(person: Person) -> list[str]:
    """The subjects of their mails."""
    return [str(one.subject) for one in mail.outbox if one.to == [person.user.email]]


def test_from_the_question_to_the_end_and_on(cast: Cast, acme: Tenant, provider: Tenant) -> None:
    """N4: asked, answered, written on, resolved, opened again by another message; each step in the right logs."""
    inquiry = ask(cast.admin)
    second = ask(cast.editor, subject="Two")
    assert [(one.reference, one.state) for one in (inquiry, second)] == [("Q-0001", "open"), ("Q-0002", "open")]

    answer(cast.operator, inquiry)
    answered = now(inquiry)
    assert answered.state == InquiryState.WAITING_FOR_COMPANY
    assert (answered.assigned_to, answered.first_answered_at) == (cast.operator.user.id, answered.last_message_at)

    with tenant_scope(acme.id):
        asking.write(inquiry, text="Thanks, and one more thing.", actor=cast.editor.actor)
        assert now(inquiry).state == InquiryState.WAITING_FOR_SUPPORT
    answer(cast.operator, inquiry, state=InquiryState.RESOLVED)
    assert now(inquiry).first_answered_at == answered.first_answered_at
    with tenant_scope(acme.id):
        with pytest.raises(ValidationError, match="at its end"):
            asking.settle(inquiry, actor=cast.admin.actor)
        asking.write(inquiry, text="It is back.", actor=cast.admin.actor)
        assert now(inquiry).state == InquiryState.WAITING_FOR_SUPPORT
        asking.settle(inquiry, actor=cast.admin.actor)
    with tenant_scope(provider.id):
        answering.change_state(inquiry, state=InquiryState.CLOSED, actor=cast.operator.actor)
        answering.assign(inquiry, to=None, actor=cast.operator.actor)
        with pytest.raises(ValidationError, match="already"):
            answering.change_state(inquiry, state=InquiryState.CLOSED, actor=cast.operator.actor)
    assert now(inquiry).state == InquiryState.CLOSED

    theirs = [("asked", "user", "Q-0001"), ("asked", "user", "Q-0002"), ("answered", "operator", "Q-0001"),
              ("written", "user", "Q-0001"), ("answered", "operator", "Q-0001"), ("written", "user", "Q-0001"),
              ("settled", "user", "Q-0001"), ("state_changed", "operator", "Q-0001"),
              ("assigned", "operator", "Q-0001")]  # fmt: skip
    assert recorded(acme) == [(f"inquiries.inquiry.{action}", kind, label) for action, kind, label in theirs]
    assert recorded(provider) == [
        (f"inquiries.inquiry.{action}", "user", f"ACME: {label}")
        for action, kind, label in theirs
        if kind == "operator"
    ]


def test_another_company_has_its_own(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """N4, T1: numbers begin anew in each company, and none finds what is another's."""
    ours, theirs = ask(cast.admin), ask(cast.outsider, subject="Theirs")
    assert ours.number == theirs.number == 1
    for tenant, inquiry, other in ((acme, ours, theirs), (globex, theirs, ours)):
        with tenant_transaction(tenant.id):
            assert list(queries.inquiries()) == [inquiry]
            assert queries.find_inquiry(other.id) is None
        with tenant_scope(tenant.id), pytest.raises(ValidationError, match="not there"):
            asking.write(other, text="Mine?", actor=cast.admin.actor)


def test_the_clock_of_the_first_answer(cast: Cast, provider: Tenant) -> None:
    """N4: it runs by priority from the question on, and ends with the first answer or when nobody waits for one."""
    asked = {priority: ask(cast.admin, priority=priority) for priority in Priority}
    for priority, inquiry in asked.items():
        due = KINDS["first_answer"].due_of(inquiry.asked_at, calendar_in_force(), priority)
        assert inquiry.first_answer_due_at == deadline_of(inquiry).due_at == due
    assert sorted(asked.values(), key=lambda one: one.first_answer_due_at) == [
        asked[one] for one in (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)
    ]
    message = answer(cast.operator, asked[Priority.URGENT])
    assert deadline_of(asked[Priority.URGENT]).met_at == message.at
    with tenant_scope(cast.admin.tenant.id):
        asking.settle(asked[Priority.HIGH], actor=cast.admin.actor)
    with tenant_scope(provider.id):
        answering.change_state(asked[Priority.LOW], state=InquiryState.CLOSED, actor=cast.operator.actor)
    withdrawn = [deadline_of(asked[one]).withdrawn_at is not None for one in Priority]
    assert withdrawn == [True, False, True, False]


def test_mails_go_both_ways_and_say_nothing(cast: Cast, acme: Tenant) -> None:
    """N4: operators hear of each message, those who take part of each answer, once; no mail holds what was written."""
    mate = make_person(acme, "mia", EDITOR)
    inquiry = ask(cast.admin)
    with tenant_scope(acme.id):
        asking.write(inquiry, text=TEXT, actor=cast.editor.actor)
    message = answer(cast.operator, inquiry, text="Restart it.")
    with tenant_transaction(acme.id):
        again = queries.find_message(message.id)
        assert again is not None
        assert notices.tell(again) == 0

    assert mails_to(cast.admin) == mails_to(cast.editor) == ["Your inquiry Q-0001 was answered"]
    assert mails_to(mate) == mails_to(cast.outsider) == []
    [letter] = [one for one in mail.outbox if one.to == [cast.admin.user.email]]
    assert f"/inquiries/{inquiry.id}/" in str(letter.body)
    with platform_transaction():
        alarms = list(Alarm.objects.order_by("raised_at"))
    assert [one.subject_en for one in alarms] == ["New inquiry ACME Q-0001", "New message in inquiry ACME Q-0001"]
    assert {one.menu for one in alarms} == {"operator.inquiries"}
    for written in (SUBJECT, TEXT, "Restart it"):
        assert not [one.subject for one in mail.outbox if written in f"{one.subject} {one.body}"]
        assert not [one for one in alarms if written in f"{one.subject_en} {one.subject_ja} {one.body_en}{one.body_ja}"]


def test_internal_notes_are_out_of_the_companys_reach(cast: Cast, acme: Tenant, provider: Tenant) -> None:
    """N4: the role that serves every page has no right on them in the database, and the company's log is silent."""
    inquiry = ask(cast.admin)
    before = recorded(acme)
    with tenant_scope(provider.id):
        note = add_note(inquiry, text="They are late with paying.", actor=cast.operator.actor)
        assert [one.text for one in notes_of(inquiry)] == [note.text]
    assert recorded(acme) == before
    assert recorded(provider) == [("inquiries.note.added", "user", "ACME: Q-0001")]
    for tenant in (acme, provider):
        for deed in ("SELECT count(*) FROM", "DELETE FROM"):
            with pytest.raises(ProgrammingError, match="permission denied"), tenant_transaction(tenant.id):
                connections["default"].cursor().execute(f"{deed} inquiries_inquirynote")


@pytest.mark.parametrize("model", [InquiryMessage, Inquiry])
def test_nobody_takes_back_what_was_written(cast: Cast, acme: Tenant, model: type[Inquiry | InquiryMessage]) -> None:
    """N4: the database lets nobody change a message, or remove it or its inquiry."""
    ask(cast.admin)
    table = model._meta.db_table
    with pytest.raises(ProgrammingError, match="permission denied"), tenant_transaction(acme.id), transaction.atomic():
        connections["default"].cursor().execute(f"DELETE FROM {table}")
    if model is InquiryMessage:
        with pytest.raises(ProgrammingError, match="permission denied"), tenant_transaction(acme.id):
            connections["default"].cursor().execute(f"UPDATE {table} SET text = ''")
