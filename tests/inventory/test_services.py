"""Account inventories (A12): the picture, decisions, carrying them out, completion, reminders."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from accounts.factors.kinds import kinds
from accounts.inventory import queries, reminders, services, tasks
from accounts.inventory.models import AccountReview, ReviewedAccount
from accounts.inventory.services import change_schedule, complete_review, decide, digest_of, start_review
from accounts.menus import ADMINISTRATOR, READER
from accounts.models import Session, User
from accounts.people.removal import remove_user
from accounts.roles import give_roles
from accounts.sso.models import ExternalIdentity
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, built_in_role, make_person
from tests.factories.rows import make_row
from tests.people.conftest import everything_of

pytestmark = pytest.mark.django_db


def decided(cast: Cast, review: AccountReview, by: Person, user_id: str, decision: str, comment: str = "") -> None:
    """Decide about one account."""
    with tenant_transaction(cast.admin.tenant.id):
        key = ReviewedAccount.objects.get(review=review, user_id=user_id).id
        decide(review, [key], decision=decision, comment=comment, actor=by.actor)


def all_kept(cast: Cast, review: AccountReview, by: Person) -> None:
    """Keep everybody."""
    with tenant_transaction(cast.admin.tenant.id):
        keys = list(queries.accounts_of(review).values_list("id", flat=True))
        decide(review, keys, decision="keep", actor=by.actor)


# --- The picture -------------------------------------------------------------------------------------------------
def test_every_account_is_written_down_with_all_facts(cast: Cast) -> None:
    """A12: last use, rights, second factor, single sign-on; the other company's are not there."""
    tenant = cast.admin.tenant
    with tenant_transaction(tenant.id):
        User.objects.filter(user_id="erin").update(last_login="2026-11-01T00:00:00Z")
        make_row(Session, user=cast.editor.user, last_used_at=datetime.fromisoformat("2026-11-02T00:00:00Z"))
        make_row(ExternalIdentity, user=cast.editor.user)
        (kind,) = [kind for kind in kinds() if kind.code == "totp"]
        device = kind.devices().model
        make_row(device, user=cast.editor.user, **_working(device))
        assert kind.devices().count() == 1
        review = start_review(name=" 2026 H2 ", actor=cast.admin.actor)
        found = {account.user_id: account for account in queries.accounts_of(review)}
    assert list(found) == ["alice", "erin", "rob"]
    erin = found["erin"]
    assert erin.last_used_at == datetime.fromisoformat("2026-11-02T00:00:00Z")
    assert (erin.roles, erin.factors, erin.has_sso, erin.state) == (["editor"], ["totp"], True, "active")
    assert erin.menus == ["counterparties", "documents", "documents.edit", "inquiries"]
    assert (found["rob"].factors, found["rob"].has_sso, found["rob"].last_used_at) == ([], False, None)
    assert found["alice"].is_administrator
    assert review.due_on == timezone.localdate() + timedelta(days=30)
    with tenant_transaction(cast.outsider.tenant.id):
        assert not ReviewedAccount.objects.exists()
    event = newest_event(tenant, "inventory.started")
    assert (event.target_label, event.after) == ("2026 H2", {"accounts": 3, "due_on": review.due_on.isoformat()})


def _working(device: Any) -> dict[str, Any]:
    """What makes a device count as working."""
    return {"confirmed_at": timezone.now()} if any(f.name == "confirmed_at" for f in device._meta.fields) else {}


def test_the_picture_does_not_change_with_the_company(cast: Cast, review: AccountReview) -> None:
    """A12: it is of one moment, and outlives the accounts."""
    with tenant_transaction(cast.admin.tenant.id):
        before = list(ReviewedAccount.objects.order_by("id").values())
        give_roles(cast.reader.user, [built_in_role(cast.admin.tenant, ADMINISTRATOR)], actor=cast.admin.actor)
        remove_user(cast.editor.user, actor=cast.admin.actor)
        make_person(cast.admin.tenant, "later")
        assert list(ReviewedAccount.objects.order_by("id").values()) == before


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_one_review_at_a_time(cast: Cast) -> None:
    """A12: also when two begin one at the same moment."""

    def start() -> None:
        with tenant_transaction(cast.admin.tenant.id):
            start_review(name="x", actor=cast.admin.actor)

    outcomes = at_once(start, start)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "ValidationError"]


# --- Decisions ---------------------------------------------------------------------------------------------------
def test_deciding_about_many_is_one_event_that_names_them(cast: Cast, review: AccountReview) -> None:
    """A12: who decided what, when, about whom."""
    decided(cast, review, cast.admin, "rob", "remove", " left ")
    with tenant_transaction(cast.admin.tenant.id):
        rob = ReviewedAccount.objects.get(user_id="rob")
        assert (rob.decision, rob.comment, rob.decided_by_name) == ("remove", "left", "Alice")
        assert queries.progress_of(review) == queries.Progress(total=3, decided=1, own=0, outstanding=1)
    event = newest_event(cast.admin.tenant, "inventory.decided")
    assert event.after == {"decision": "remove", "comment": "left", "users": ["rob"]}


def test_decisions_are_checked(cast: Cast, review: AccountReview) -> None:
    """D6, T1: a known decision, a comment for a change, accounts of this review only."""
    with tenant_transaction(cast.outsider.tenant.id):
        other = start_review(name="other", actor=cast.outsider.actor)
        foreign = list(queries.accounts_of(other).values_list("id", flat=True))
    with tenant_transaction(cast.admin.tenant.id):
        keys = [ReviewedAccount.objects.get(user_id="rob").id]
        for arguments, complaint in (
            ({"keys": keys, "decision": "praise"}, "Choose a decision"),
            ({"keys": keys, "decision": ""}, "Choose a decision"),
            ({"keys": keys, "decision": "change", "comment": "  "}, "what is to be changed"),
            ({"keys": [], "decision": "keep"}, "at least one account"),
            ({"keys": [uuid4(), *foreign], "decision": "keep"}, "at least one account"),
            ({"keys": keys, "decision": "keep", "comment": "x" * 501}, "at most 500"),
        ):
            with pytest.raises(ValidationError, match=complaint):
                decide(review, actor=cast.admin.actor, **arguments)
    assert actions_of(cast.admin.tenant) == ["inventory.started"]


def test_nobody_decides_about_themselves_alone(cast: Cast, second: Person) -> None:
    """A12: flagged, not carried out, and no completion before somebody else has decided."""
    with tenant_transaction(cast.admin.tenant.id):
        review = start_review(name="x", actor=cast.admin.actor)
    all_kept(cast, review, cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        assert [account.user_id for account in queries.accounts_of(review, show="own")] == ["alice"]
        with pytest.raises(ValidationError, match="Somebody else has to decide"):
            complete_review(review, actor=cast.admin.actor)
    decided(cast, review, cast.admin, "alice", "remove")
    with tenant_transaction(cast.admin.tenant.id):
        account = ReviewedAccount.objects.get(user_id="alice")
        with pytest.raises(ValidationError, match="Somebody else has to decide"):
            services.carry_out(account, actor=second.actor)
    decided(cast, review, second, "alice", "keep")
    with tenant_transaction(cast.admin.tenant.id):
        complete_review(review, actor=cast.admin.actor)


def test_a_sole_administrator_completes_and_it_shows(cast: Cast, review: AccountReview) -> None:
    """A12: nobody else is there to ask."""
    all_kept(cast, review, cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        complete_review(review, actor=cast.admin.actor)
    event = newest_event(cast.admin.tenant, "inventory.completed")
    assert event.after is not None
    assert event.after["own"] == 1


def test_completion_needs_every_decision(cast: Cast, review: AccountReview) -> None:
    """A12."""
    decided(cast, review, cast.admin, "rob", "keep")
    with tenant_transaction(cast.admin.tenant.id), pytest.raises(ValidationError, match="every account first"):
        complete_review(review, actor=cast.admin.actor)


# --- Carrying out ------------------------------------------------------------------------------------------------
def test_removals_go_through_the_users_service(cast: Cast, review: AccountReview, second: Person) -> None:
    """A12, A8: recorded there as well; done once; a decision that was carried out stays."""
    decided(cast, review, cast.admin, "rob", "remove")
    decided(cast, review, cast.admin, "erin", "change", "no more uploads")
    with tenant_transaction(cast.admin.tenant.id):
        for user_id in ("rob", "erin"):
            services.carry_out(ReviewedAccount.objects.get(user_id=user_id), actor=cast.admin.actor)
        assert set(User.objects.values_list("user_id", flat=True)) == {"alice", "erin", "second"}
        rob = ReviewedAccount.objects.get(user_id="rob")
        with pytest.raises(ValidationError, match="nothing to carry out"):
            services.carry_out(rob, actor=cast.admin.actor)
    with pytest.raises(ValidationError, match="carried out already"):
        decided(cast, review, cast.admin, "rob", "keep")
    assert actions_of(cast.admin.tenant)[-3:] == [
        "accounts.user.removed",
        "inventory.carried_out",
        "inventory.carried_out",
    ]


def test_the_last_administrator_stays_by_this_path_too(cast: Cast) -> None:
    """A10: the decision remains to be carried out."""
    auditor = make_person(cast.admin.tenant, "auditor", READER)
    with tenant_transaction(cast.admin.tenant.id):
        review = start_review(name="x", actor=auditor.actor)
    decided(cast, review, auditor, "alice", "remove")
    with tenant_transaction(cast.admin.tenant.id):
        account = ReviewedAccount.objects.get(user_id="alice")
        with pytest.raises(ValidationError, match="At least one active user"):
            services.carry_out(account, actor=auditor.actor)
    with tenant_transaction(cast.admin.tenant.id):
        account.refresh_from_db()
        assert account.is_outstanding


def test_an_account_that_is_gone_already_is_noted(cast: Cast, review: AccountReview) -> None:
    """A12: removed by another way in the meantime."""
    with tenant_transaction(cast.admin.tenant.id):
        remove_user(cast.reader.user, actor=cast.admin.actor)
    decided(cast, review, cast.admin, "rob", "remove")
    with tenant_transaction(cast.admin.tenant.id):
        services.carry_out(ReviewedAccount.objects.get(user_id="rob"), actor=cast.admin.actor)
        assert ReviewedAccount.objects.get(user_id="rob").carried_out_at is not None


# --- For good ----------------------------------------------------------------------------------------------------
def test_a_completed_review_is_never_changed(cast: Cast, review: AccountReview) -> None:
    """A12: by no service; and what is changed behind them shows against the audit log."""
    all_kept(cast, review, cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        complete_review(review, remark="All present", actor=cast.admin.actor)
        before = everything_of(cast.admin.tenant)
        account = ReviewedAccount.objects.select_related("review").get(user_id="rob")
        for deed in (
            lambda: decide(review, [account.id], decision="remove", actor=cast.admin.actor),
            lambda: services.carry_out(account, actor=cast.admin.actor),
            lambda: complete_review(review, actor=cast.admin.actor),
            lambda: services.abandon_review(review, actor=cast.admin.actor),
        ):
            with pytest.raises(ValidationError, match="cannot be changed"):
                deed()
        assert everything_of(cast.admin.tenant) == before
        recorded = AuditEvent.objects.get(action="inventory.completed").after or {}
        stored = AccountReview.objects.get()
        assert digest_of(stored) == stored.digest == recorded["sha256"]
        ReviewedAccount.objects.filter(user_id="rob").update(comment="forged")
        assert digest_of(stored) != recorded["sha256"]


def test_a_review_begun_by_mistake_is_abandoned(cast: Cast, review: AccountReview) -> None:
    """A12: the log keeps what was decided."""
    other = everything_of(cast.outsider.tenant)
    decided(cast, review, cast.admin, "rob", "keep")
    with tenant_transaction(cast.admin.tenant.id):
        services.abandon_review(review, actor=cast.admin.actor)
        assert not ReviewedAccount.objects.exists()
        start_review(name="again", actor=cast.admin.actor)
    assert actions_of(cast.admin.tenant).count("inventory.decided") == 1
    assert everything_of(cast.outsider.tenant) == other


# --- By the clock ------------------------------------------------------------------------------------------------
def remind(cast: Cast, when: datetime) -> int:
    """The daily job on that day; returns how many were told."""
    with time_machine.travel(when), tenant_transaction(cast.admin.tenant.id):
        return tasks.remind_tenant()


@pytest.mark.parametrize(
    ("since", "months", "due"),
    [
        ("2026-01-31", 6, "2026-07-31"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 24, "2028-11-30"),
    ],
)
def test_months_are_those_of_the_calendar(cast: Cast, since: str, months: int, due: str) -> None:
    """A12: counted in Japanese days, from the first registration or the last completion."""
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.update(created_at=datetime.fromisoformat(f"{since}T00:30:00+09:00"))
        change_schedule(months=months, actor=cast.admin.actor)
        assert reminders.next_due() == date.fromisoformat(due)


def test_administrators_are_reminded_until_it_is_begun_and_until_it_is_done(cast: Cast, second: Person) -> None:
    """A12: when it is due, then every week, in each one's language; nobody else gets a mail."""
    tenant, day = cast.admin.tenant, timedelta(days=1)
    with tenant_transaction(tenant.id):
        User.objects.update(created_at=F("created_at") - timedelta(days=180))
        User.objects.filter(user_id="second").update(language="ja")
        due_on = reminders.next_due()
    assert due_on is not None
    due = datetime.combine(due_on, time(9), timezone.get_current_timezone())
    assert [remind(cast, due + day * n) for n in (-1, 0, 1, 6.9, 7)] == [0, 2, 0, 0, 2]
    assert sorted(message.to[0] for message in mail.outbox[:2]) == ["alice@acme.example", "second@acme.example"]
    assert mail.outbox[0].subject == "Account inventory is due"
    assert "/console/inventory/" in str(mail.outbox[0].body)
    with time_machine.travel(due + day * 8), tenant_transaction(tenant.id):
        review = start_review(name="2026 H2", due_on=due_on + day * 20, actor=cast.admin.actor)
    assert [remind(cast, due + day * n) for n in (9, 12, 13, 14, 20)] == [0, 0, 2, 0, 2]
    assert "2026 H2" in str(mail.outbox[-1].body)
    with time_machine.travel(due + day * 22), tenant_transaction(tenant.id):
        keys = list(queries.accounts_of(review).values_list("id", flat=True))
        decide(review, keys, decision="keep", actor=cast.outsider.actor)
        complete_review(review, actor=cast.admin.actor)
        next_due = reminders.next_due()
    assert next_due is not None
    assert [remind(cast, due + (next_due - due_on) + day * n) for n in (-160, -1, 0)] == [0, 0, 2]


def test_how_often_is_the_companys_choice(cast: Cast) -> None:
    """A12: recorded; none at all with 0; bounds hold."""
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.update(created_at=F("created_at") - timedelta(days=3000))
        change_schedule(months=0, actor=cast.admin.actor)
        assert reminders.take_due(timezone.now()) is None
        change_schedule(months=24, actor=cast.admin.actor)
        change_schedule(months=24, actor=cast.admin.actor)
        with pytest.raises(ValidationError):
            change_schedule(months=25, actor=cast.admin.actor)
        assert reminders.take_due(timezone.now()) is not None
    assert actions_of(cast.admin.tenant) == ["inventory.schedule.changed"] * 2
    with tenant_transaction(cast.outsider.tenant.id):
        assert queries.schedule().months == 6


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_the_daily_job_reaches_every_open_company(cast: Cast) -> None:
    """A12: each within its own wall."""
    for person in (cast.admin, cast.outsider):
        with tenant_transaction(person.tenant.id):
            User.objects.update(created_at=F("created_at") - timedelta(days=300))
    tasks.remind()
    assert sorted(message.to[0] for message in mail.outbox) == ["alice@acme.example", "gina@globex.example"]
    assert all("Globex" not in str(message.body) for message in mail.outbox if "acme" in message.to[0])
