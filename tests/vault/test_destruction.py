"""Destruction of a company's keys by two operators, its dry run, its pages (R1, P5)."""

import io
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.menus import ADMINISTRATOR, OPERATOR
from auditlog.models import AuditEvent
from backups.destruction.effects import effect_on
from backups.destruction.models import DestructionRequest
from backups.destruction.queries import find_request, open_request
from backups.destruction.services import (
    confirm_destruction,
    destroy_keys,
    request_destruction,
    withdraw_destruction,
)
from backups.taking import take_archive
from documents.models import DocumentVersion
from documents.objects import open_content
from tenants.four_eyes import RequestState
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.backups.conftest import ACTOR, Stored, furnish
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person
from vault.errors import Cause, ObjectUnreadable, StoreUnavailable
from vault.keys import KeyStore, key_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

KEYS = "/operator/keys/"
NEW = "/operator/keys/destruction/new/"


@pytest.fixture
def ours(vault: Settings, provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """Keys of the three in the store of this test: those of the suite must stay."""
    for tenant in (provider, acme, globex):
        key_store().create_tenant_keys(tenant.id)


@pytest.fixture
def left(ours: None, acme: Tenant) -> Stored:
    """ACME with data and an archive, suspended for good."""
    stored = furnish(acme, size=5000)
    with tenant_scope(acme.id):
        take_archive(actor=ACTOR)
    return stored


@pytest.fixture
def asker(ours: None, provider: Tenant) -> Person:
    return make_person(provider, "olga", OPERATOR)


@pytest.fixture
def second(asker: Person, provider: Tenant) -> Person:
    return make_person(provider, "otto", ADMINISTRATOR, OPERATOR)


def put(tenant: Tenant, state: State) -> Tenant:
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(state=state)
        return Tenant.objects.get(id=tenant.id)


def asked(tenant: Tenant, by: Person, code: str = "acme") -> DestructionRequest:
    return request_destruction(
        tenant, typed_code=code, reason="Contract ended", operator=by.user, actor=by.user.as_actor()
    )


def confirmed(request: DestructionRequest, by: Person, code: str = "ACME") -> DestructionRequest:
    return confirm_destruction(request.id, typed_code=code, operator=by.user, actor=by.user.as_actor())


def refused(code: str, deed: Callable[[], object]) -> None:
    with pytest.raises(ValidationError) as error:
        deed()
    assert [found.code for found in error.value.error_list] == [code]


def events(tenant: Tenant) -> list[tuple[str, str, str]]:
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action__startswith="keys.").order_by("at", "id")
        return [(event.action, event.actor_kind, event.actor_name) for event in found]


def content_of(tenant: Tenant) -> bytes:
    with tenant_transaction(tenant.id):
        return open_content(DocumentVersion.objects.order_by("size").last()).read()  # type: ignore[arg-type]


def test_two_people_destroy_the_keys_of_one_company(
    left: Stored, asker: Person, second: Person, provider: Tenant, globex: Tenant
) -> None:
    """The whole way: dry run, request, confirmation; what was promised is unreadable, the neighbour notices nothing."""
    neighbour = key_store().seal_secret(globex.id, "p", b"theirs")
    elsewhere = KeyStore(key_store().wrapping.store, key_store().wrapping.roots, kept_seconds=0)
    assert content_of(left.tenant)
    effect = effect_on(left.tenant)
    assert (effect.documents, effect.versions, effect.archives, effect.copies) == (4, 4, 1, 0)
    assert effect.size == sum(map(len, left.files.values()))
    assert effect.oldest == effect.newest != ""
    assert effect.key_ids == key_store().tenant_keys(left.tenant.id).key_ids

    tenant = put(left.tenant, State.SUSPENDED)
    request = asked(tenant, asker)
    refused("open", lambda: asked(tenant, second))
    refused("own", lambda: confirmed(request, asker))
    with pytest.raises(ValidationError):
        confirmed(request, second, code="GLOBEX")
    assert key_store().has_tenant_keys(tenant.id)
    done = confirmed(request, second)

    assert (done.state, tuple(done.key_ids), done.versions) == (RequestState.DONE, effect.key_ids, 1)
    assert (done.asked_by_name, done.decided_by_name) == ("Olga", "Otto")
    assert done.effect == effect.as_json()
    with pytest.raises(ObjectUnreadable) as unreadable:
        content_of(tenant)
    assert unreadable.value.cause is Cause.KEYS_MISSING
    assert not elsewhere.has_tenant_keys(tenant.id)
    assert key_store().open_secret(globex.id, "p", neighbour) == b"theirs"
    deeds = [("keys.destruction.requested", "operator", "Olga"), ("keys.tenant.destroyed", "operator", "Otto")]
    assert events(tenant) == events(provider) == deeds
    assert events(globex) == []
    refused("state", lambda: confirmed(request, second))
    refused("no_keys", lambda: asked(tenant, asker))
    assert tuple(destroy_keys(tenant, ground="erasure", actor=ACTOR).key_ids) == effect.key_ids, "again"


def test_who_is_in_use_keeps_the_keys(left: Stored, asker: Person, provider: Tenant) -> None:
    """Active, on trial, with notice given: nobody asks, no job destroys; nor the provider's, whatever its state."""
    for state in (State.ACTIVE, State.TRIAL, State.CANCELLATION_REQUESTED):
        tenant = put(left.tenant, state)
        refused("in_use", lambda tenant=tenant: asked(tenant, asker))  # type: ignore[misc]
        refused("in_use", lambda tenant=tenant: destroy_keys(tenant, ground="x", actor=ACTOR))  # type: ignore[misc]
    refused("provider", lambda: destroy_keys(put(provider, State.SUSPENDED), ground="x", actor=ACTOR))
    tenant = put(left.tenant, State.SUSPENDED)
    request = asked(tenant, asker)
    put(left.tenant, State.ACTIVE)
    refused("in_use", lambda: confirmed(request, make_person(provider, "otto", OPERATOR)))
    assert content_of(tenant)
    found = find_request(request.id)
    assert found is not None
    assert found.is_open, "what was refused has decided nothing"


def test_a_request_lapses_and_can_be_withdrawn(left: Stored, asker: Person, second: Person) -> None:
    """After 24 hours nobody confirms it, and it can be asked anew."""
    tenant = put(left.tenant, State.SUSPENDED)
    request = asked(tenant, asker)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        refused("state", lambda: confirmed(request, second))
        assert open_request(tenant.id) is None
        again = asked(tenant, asker)
        withdraw_destruction(again.id, operator=second.user, actor=second.user.as_actor())
        refused("state", lambda: confirmed(again, second))
    assert key_store().has_tenant_keys(tenant.id)
    assert [action for action, _, _ in events(tenant)][-1] == "keys.destruction.withdrawn"


def test_a_failing_key_store_leaves_the_request_open(
    left: Stored, asker: Person, second: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short after the keys were destroyed: confirming again ends it, with the ids of the keys."""
    tenant = put(left.tenant, State.SUSPENDED)
    key_ids = key_store().tenant_keys(tenant.id).key_ids
    request = asked(tenant, asker)
    destroy = KeyStore.destroy_tenant_keys

    def cut_short(self: KeyStore, tenant_id: Any) -> Any:
        destroy(self, tenant_id)
        raise StoreUnavailable("", "gone")

    monkeypatch.setattr(KeyStore, "destroy_tenant_keys", cut_short)
    with pytest.raises(StoreUnavailable):
        confirmed(request, second)
    monkeypatch.undo()
    found = find_request(request.id)
    assert found is not None
    assert found.is_open
    assert tuple(confirmed(request, second).key_ids) == key_ids


def test_the_pages_lead_two_operators_through(left: Stored, asker: Person, second: Person) -> None:
    """Choose, see, ask; the other one confirms; the asker is told to wait; a wrong code says what to type."""
    mine, theirs = asker.client(), second.client()
    assert "These keys are in use" in mine.get(NEW, {"company": "acme"}).content.decode()
    put(left.tenant, State.SUSPENDED)
    page = mine.get(NEW, {"company": "acme"}).content.decode()
    assert "4 with 4 versions" in page
    assert "Another operator has to confirm within 24 hours" in page
    wrong = mine.post(f"{NEW}?company=acme", {"reason": "Contract ended", "confirmation": "globex"})
    assert "Type the company code ACME." in wrong.content.decode()
    answer = mine.post(f"{NEW}?company=acme", {"reason": "Contract ended", "confirmation": "acme"})
    address = answer["Location"]
    assert "You asked for this" in mine.get(address).content.decode()
    assert "cannot confirm" in mine.post(f"{address}confirm/", {"confirmation": "acme"}).content.decode()
    assert "Destroy the keys for good" in theirs.get(address).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert theirs.post(f"{address}confirm/", {"confirmation": "acme"})["Location"].startswith("/confirm/")
    assert key_store().has_tenant_keys(left.tenant.id)
    assert theirs.post(f"{address}confirm/", {"confirmation": "acme"})["Location"] == address
    assert not key_store().has_tenant_keys(left.tenant.id)
    assert "Destroyed keys" in theirs.get(address).content.decode()
    assert "ACME" in mine.get(KEYS).content.decode()
    assert "No company has this code" in mine.get(NEW, {"company": "NOBODY"}).content.decode()


def test_the_list_costs_the_same_for_many(asker: Person) -> None:
    """One row or thirty: the same queries."""
    client = asker.client()

    def more(count: int) -> None:
        with platform_transaction():
            for _ in range(count):
                DestructionRequest.objects.create(
                    tenant_id=asker.tenant.id, company_code="GONE", company_name="Gone", reason="x",
                    asked_by_id=asker.user.id, asked_by_email="o@example.com", asked_by_name="O",
                )  # fmt: skip

    def queries() -> int:
        with ExitStack() as stack:
            seen = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in ("default", "platform")]
            assert client.get(KEYS).status_code == 200
        return sum(map(len, seen))

    more(1)
    few = queries()
    more(29)
    assert queries() == few


def test_the_command_tells_and_does_not(left: Stored) -> None:
    """A shell cannot tell two people apart: it shows what would be lost, and where it is done."""
    out = io.StringIO()
    call_command("keys", "destroy", "acme", "--dry-run", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["tenant"], told["documents"], told["destroyable"], told["open_request"]) == ("ACME", 4, False, None)
    call_command("keys", "destroy", "acme", "--dry-run", stdout=out)
    assert "no: the company is in use" in out.getvalue()
    with pytest.raises(CommandError, match="two operators"):
        call_command("keys", "destroy", "acme")
    assert key_store().has_tenant_keys(left.tenant.id)
