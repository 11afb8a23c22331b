"""Deletion of a whole company by two operators: dry run, pages, command, and what becomes of it (T3, G10)."""

import io
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.menus import ADMINISTRATOR, OPERATOR
from accounts.models import Session
from auditlog.models import AuditEvent
from backups.taking import take_archive
from documents.models import Document
from retention.deletion.models import DeletionRequest
from retention.deletion.services import confirm_deletion, request_deletion, withdraw_deletion
from retention.deletion.survey import survey
from retention.erasure.models import ErasureState, Ground
from retention.erasure.queries import erasure_of
from retention.erasure.services import plan_erasure
from tenants.four_eyes import RequestState
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.backups.conftest import ACTOR, Stored, furnish
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person
from vault.keys import key_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

LIST = "/operator/deletions/"
NEW = "/operator/deletions/new/"


@pytest.fixture
def stored(vault: Settings, provider: Tenant, acme: Tenant, globex: Tenant) -> Stored:
    """ACME with data and an archive, GLOBEX with data; keys in the store of this test."""
    for tenant in (provider, acme, globex):
        key_store().create_tenant_keys(tenant.id)
    furnish(globex, size=300)
    found = furnish(acme, size=5000)
    with tenant_scope(acme.id):
        take_archive(actor=ACTOR)
    return found


@pytest.fixture
def asker(stored: Stored, provider: Tenant) -> Person:
    return make_person(provider, "olga", OPERATOR)


@pytest.fixture
def second(asker: Person, provider: Tenant) -> Person:
    return make_person(provider, "otto", ADMINISTRATOR, OPERATOR)


def asked(tenant: Tenant, by: Person, code: str = "acme") -> DeletionRequest:
    return request_deletion(tenant, typed_code=code, reason="Court order", operator=by.user, actor=by.user.as_actor())


def confirmed(request: DeletionRequest, by: Person, code: str = "ACME") -> DeletionRequest:
    return confirm_deletion(request.id, typed_code=code, operator=by.user, actor=by.user.as_actor())


def refused(code: str, deed: Callable[[], object]) -> None:
    with pytest.raises(ValidationError) as error:
        deed()
    assert [found.code for found in error.value.error_list] == [code]


def state_of(tenant: Tenant) -> str:
    with platform_transaction():
        return Tenant.objects.get(id=tenant.id).state


def deeds(tenant: Tenant) -> list[tuple[str, str, str]]:
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action__startswith="company.deletion").order_by("at", "id")
        return [(event.action, event.actor_kind, event.actor_name) for event in found]


def test_two_operators_end_a_company_at_once(
    stored: Stored, asker: Person, second: Person, provider: Tenant, globex: Tenant
) -> None:
    """T3: asked by one, confirmed by another: use ends, sessions too, the erasure begins now; the neighbour stays."""
    browser = stored.admin.client()
    assert browser.get("/documents/").status_code == 200
    request = asked(stored.tenant, asker)
    refused("open", lambda: asked(stored.tenant, second))
    refused("own", lambda: confirmed(request, asker))
    with pytest.raises(ValidationError, match="ACME"):
        confirmed(request, second, code="GLOBEX")
    assert (state_of(stored.tenant), erasure_of(stored.tenant.id)) == (State.ACTIVE, None), "nothing happened so far"

    done = confirmed(request, second)
    erasure = erasure_of(stored.tenant.id)
    assert erasure is not None
    assert (done.state, done.erasure_id) == (RequestState.DONE, erasure.id)
    assert (erasure.ground, erasure.ground_id, erasure.state) == (Ground.DELETION, done.id, ErasureState.PLANNED)
    assert erasure.begin_at <= timezone.now()
    assert timedelta(days=8) < erasure.due_at - timezone.now() <= timedelta(days=9)
    assert state_of(stored.tenant) == State.SUSPENDED
    with tenant_transaction(stored.tenant.id):
        assert not Session.objects.exists()
    assert browser.get("/documents/").status_code == 302
    log = [
        ("company.deletion.requested", "operator", "Olga"),
        ("company.deletion.confirmed", "operator", "Otto"),
    ]
    assert deeds(stored.tenant) == deeds(provider) == log
    assert (deeds(globex), state_of(globex), erasure_of(globex.id)) == ([], State.ACTIVE, None)
    refused("state", lambda: confirmed(request, second))


def test_the_dry_run_counts_what_is_there(stored: Stored) -> None:
    """T3: rows, objects, bytes, keys of this company and of no other."""
    found = survey(stored.tenant)
    with tenant_transaction(stored.tenant.id):
        documents, events = Document.objects.count(), AuditEvent.objects.count()
    assert found.rows["documents.document"] == documents == 4
    assert found.rows["auditlog.auditevent"] == events
    assert found.rows["backups.archive"] == 1
    places = {one.place: one for one in found.stores}
    assert places["documents"].objects == 4
    assert places["documents"].size > sum(map(len, stored.files.values()))
    assert places["backups"].objects > 0
    assert found.key_ids == key_store().tenant_keys(stored.tenant.id).key_ids
    assert not found.held


def test_a_planned_erasure_gives_way(stored: Stored, asker: Person, second: Person) -> None:
    """After a cancellation operators may hasten; once an erasure has begun there is nothing left to delete."""
    now = timezone.now()
    planned = plan_erasure(
        stored.tenant,
        ground=Ground.CANCELLATION,
        ground_id=None,
        begin_at=now + timedelta(days=22),
        due_at=now + timedelta(days=30),
        actor=ACTOR,
    )
    done = confirmed(asked(stored.tenant, asker), second)
    erasure = erasure_of(stored.tenant.id)
    assert erasure is not None
    assert erasure.id == done.erasure_id != planned.id
    with platform_transaction():
        type(erasure).objects.filter(id=erasure.id).update(state=ErasureState.RUNNING)
    refused("erased", lambda: asked(stored.tenant, asker))


def test_who_cannot_be_deleted(stored: Stored, asker: Person, provider: Tenant) -> None:
    """The provider itself; a company into which a restore writes; without a reason; a wrong code."""
    refused("provider", lambda: asked(provider, asker, provider.company_code))
    with pytest.raises(ValidationError, match="ACME"):
        asked(stored.tenant, asker, "GLOBEX")
    with pytest.raises(ValidationError, match="reason"):
        request_deletion(
            stored.tenant, typed_code="ACME", reason="  ", operator=asker.user, actor=asker.user.as_actor()
        )
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(frozen_at=timezone.now())
        frozen = Tenant.objects.get(id=stored.tenant.id)
    refused("frozen", lambda: asked(frozen, asker))


def test_a_request_lapses_and_can_be_withdrawn(stored: Stored, asker: Person, second: Person) -> None:
    """After 24 hours nobody confirms it, and it can be asked anew; withdrawn, it is over."""
    request = asked(stored.tenant, asker)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        refused("state", lambda: confirmed(request, second))
        again = asked(stored.tenant, asker)
        withdraw_deletion(again.id, operator=second.user, actor=second.user.as_actor())
        refused("state", lambda: confirmed(again, second))
    assert state_of(stored.tenant) == State.ACTIVE
    assert [action for action, _, _ in deeds(stored.tenant)][-1] == "company.deletion.withdrawn"


def test_the_pages_lead_two_operators_through(stored: Stored, asker: Person, second: Person) -> None:
    """Choose, see, ask; the other one confirms behind a step-up; the asker waits; a wrong code says what to type."""
    mine, theirs = asker.client(), second.client()
    assert "No company has this code" in mine.get(NEW, {"company": "NOBODY"}).content.decode()
    page = mine.get(NEW, {"company": "acme"}).content.decode()
    assert "What would go of" in page
    assert "4 objects" in page
    assert "cannot be deleted" in mine.get(NEW, {"company": asker.tenant.company_code}).content.decode()
    wrong = mine.post(f"{NEW}?company=acme", {"reason": "Court order", "confirmation": "globex"})
    assert "Type the company code ACME." in wrong.content.decode()
    assert "Court order" in wrong.content.decode(), "what was typed stays"
    address = mine.post(f"{NEW}?company=acme", {"reason": "Court order", "confirmation": "acme"})["Location"]
    assert "You asked for this" in mine.get(address).content.decode()
    assert "cannot confirm" in mine.post(f"{address}confirm/", {"confirmation": "acme"}).content.decode()
    assert "Delete the company for good" in theirs.get(address).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert theirs.post(f"{address}confirm/", {"confirmation": "acme"})["Location"].startswith("/confirm/")
    assert state_of(stored.tenant) == State.ACTIVE
    assert theirs.post(f"{address}confirm/", {"confirmation": "acme"})["Location"] == address
    assert state_of(stored.tenant) == State.SUSPENDED
    assert "Gone from everywhere by" in theirs.get(address).content.decode()
    assert "ACME" in mine.get(LIST).content.decode()


def test_the_list_costs_the_same_for_many(asker: Person) -> None:
    """One row or thirty: the same queries."""
    client = asker.client()

    def more(count: int) -> None:
        with platform_transaction():
            for _ in range(count):
                DeletionRequest.objects.create(
                    tenant_id=asker.tenant.id, company_code="GONE", company_name="Gone", reason="x",
                    asked_by_id=asker.user.id, asked_by_email="o@example.com", asked_by_name="O",
                )  # fmt: skip

    def queries() -> int:
        with ExitStack() as stack:
            seen = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in ("default", "platform")]
            assert client.get(LIST).status_code == 200
        return sum(map(len, seen))

    more(1)
    few = queries()
    more(29)
    assert queries() == few


def test_the_command_shows_and_does_only_what_two_people_decided(
    stored: Stored, asker: Person, second: Person, globex: Tenant
) -> None:
    """A shell cannot tell two people apart: alone it is a dry run; with their decision it erases."""
    out = io.StringIO()
    call_command("tenant", "delete", "acme", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["company_code"], told["dry_run"], told["rows"]["documents.document"]) == ("ACME", True, 4)
    with translation.override("en"), pytest.raises(CommandError, match="Type the company code ACME"):
        call_command("tenant", "delete", "acme", "--confirm", "globex")
    with pytest.raises(CommandError, match="Two operators"):
        call_command("tenant", "delete", "acme", "--confirm", "ACME")
    assert state_of(stored.tenant) == State.ACTIVE
    confirmed(asked(stored.tenant, asker), second)
    out = io.StringIO()
    call_command("tenant", "delete", "acme", "--confirm", "ACME", "--json", stdout=out)
    assert json.loads(out.getvalue())["state"] == ErasureState.PROVEN
    assert state_of(stored.tenant) == State.ERASED
    with tenant_transaction(stored.tenant.id):
        assert (Document.objects.count(), AuditEvent.objects.count()) == (0, 0)
    with tenant_transaction(globex.id):
        assert Document.objects.count() == 4
    assert not key_store().has_tenant_keys(stored.tenant.id)


def test_the_last_day_is_the_companys_own_day(stored: Stored, asker: Person, second: Person) -> None:
    """T10: where the company is, it may be another day than where the operators are."""
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(time_zone="Pacific/Kiritimati")
    noon = datetime.now(UTC).replace(hour=12, minute=0) + timedelta(days=1)
    with time_machine.travel(noon):
        confirmed(asked(stored.tenant, asker), second)
    with platform_transaction():
        assert Tenant.objects.get(id=stored.tenant.id).last_day == noon.date() + timedelta(days=1)
