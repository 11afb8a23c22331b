"""Writing events (G1, G7): complete, masked, and by nobody for another company (ASVS 16.2.1, 16.2.2)."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.models import User
from auditlog import actions
from auditlog.actions import ACCESS_DENIED, Action, Kind, Outcome, register, registered
from auditlog.actors import Actor
from auditlog.context import Origin, origin
from auditlog.masking import MASK, masked
from auditlog.models import AuditEvent
from auditlog.services import Target, outliving, record, record_apart
from tenants.isolation.context import NoTenant, tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_from_where(cast: Cast) -> None:
    """G1: time, account, name, source, browser, session, request, kind, content, result."""
    session = UUID(int=7)
    where = Origin("192.0.2.1", "Browser/1.0", "abc123", session)
    with origin(where), tenant_transaction(cast.admin.tenant.id):
        record(
            ACCESS_DENIED,
            actor=cast.editor.actor,
            target=cast.reader.user,
            outcome=Outcome.DENIED,
            before={"a": 1},
            after={"a": 2},
        )
        event = AuditEvent.objects.get()
    assert (event.kind, event.action, event.outcome) == ("error", "access.denied", "denied")
    assert (event.actor_kind, event.actor_id, event.actor_user_id, event.actor_name) == (
        "user",
        cast.editor.user.id,
        "erin",
        "Erin",
    )
    assert (event.ip, event.user_agent, event.request_id, event.session_id) == (
        "192.0.2.1",
        "Browser/1.0",
        "abc123",
        session,
    )
    assert (event.target_type, event.target_id, event.target_label) == (
        "accounts.user",
        str(cast.reader.user.id),
        "Rob (rob)",
    )
    assert (event.before, event.after) == ({"a": 1}, {"a": 2})
    assert event.at.utcoffset() is not None


def test_the_record_outlives_the_account(cast: Cast) -> None:
    """G1: the names are text; no foreign key ties the event to the user."""
    with tenant_transaction(cast.admin.tenant.id):
        record(ACCESS_DENIED, actor=cast.reader.actor, target=cast.reader.user)
        User.objects.get(user_id="rob").delete()
        event = AuditEvent.objects.get()
    assert (event.actor_name, event.target_label) == ("Rob", "Rob (rob)")


@pytest.mark.parametrize(
    "key",
    ["password", "new_password", "PASSWORD", "api-token", "client_secret", "Authorization", "Set-Cookie", "totp_seed"],
)
@pytest.mark.parametrize("depth", [0, 1, 4])
def test_secrets_are_masked_at_every_depth(cast: Cast, key: str, depth: int) -> None:
    """G7, style 7.7: in mappings, in lists, in lists in mappings."""
    value: Any = {key: "hunter2", "kept": ["a", 1, None]}
    for _ in range(depth):
        value = {"inner": [value]}
    with tenant_transaction(cast.admin.tenant.id):
        record(ACCESS_DENIED, actor=Actor.anyone(), before=value, after=value)
        event = AuditEvent.objects.get()
    for stored in (event.before, event.after):
        assert "hunter2" not in str(stored)
        assert MASK in str(stored)
        assert "kept" in str(stored)


def test_values_without_a_form_in_json_become_text() -> None:
    """G1: whatever a service hands over can be stored."""
    identity = UUID(int=1)
    assert masked({"id": identity, "tags": {"x"}, 3: (True, 1.5)}) == {
        "id": str(identity),
        "tags": ["x"],
        "3": [True, 1.5],
    }
    assert masked(None) is None


@pytest.mark.parametrize("text", ["a\nb", "a\r\nINFO forged", "\x1b[31mred", "a\u202eb", "\u2028"])
def test_a_name_cannot_forge_lines_of_a_log(cast: Cast, text: str) -> None:
    """G7: line ends, escapes and direction marks are replaced."""
    where = Origin(None, text, text)
    with origin(where), tenant_transaction(cast.admin.tenant.id):
        record(ACCESS_DENIED, actor=Actor.anyone(text), target=Target("page", label=text))
        event = AuditEvent.objects.get()
    for stored in (event.actor_user_id, event.target_label, event.user_agent, event.request_id):
        assert stored.isprintable()
        assert "\ufffd" in stored


def test_long_texts_are_cut_not_refused(cast: Cast) -> None:
    """G1: nobody escapes the record by the length of a name."""
    with origin(Origin(None, "x" * 9000, "y" * 900)), tenant_transaction(cast.admin.tenant.id):
        record(ACCESS_DENIED, actor=Actor.anyone("z" * 900), target=Target("page", "i" * 900, "l" * 9000))
        event = AuditEvent.objects.get()
    assert (len(event.user_agent), len(event.request_id), len(event.actor_user_id)) == (400, 64, 150)
    assert (len(event.target_id), len(event.target_label)) == (80, 400)


def test_without_a_tenant_nothing_is_written(acme: Tenant) -> None:
    """T1: an event belongs to a company."""
    with pytest.raises(NoTenant), transaction.atomic():
        record(ACCESS_DENIED, actor=Actor.anyone())


def test_an_event_goes_with_the_transaction_of_the_change(acme: Tenant) -> None:
    """DESIGN 6: no event of something that did not happen."""

    def fail() -> None:
        record(ACCESS_DENIED, actor=Actor.anyone())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), tenant_transaction(acme.id):
        fail()
    with tenant_transaction(acme.id):
        assert not AuditEvent.objects.exists()


def test_a_refusal_outlives_the_rollback(acme: Tenant, globex: Tenant) -> None:
    """DESIGN 4: `outliving` keeps the tenant of the moment when it was asked for."""
    with tenant_transaction(acme.id):
        later = outliving(ACCESS_DENIED, actor=Actor.anyone(), outcome=Outcome.DENIED)
        transaction.set_rollback(True)
    with tenant_scope(globex.id):
        later()
    record_apart(ACCESS_DENIED, actor=Actor.anyone(), tenant_id=globex.id, outcome=Outcome.FAILURE)
    for tenant, outcome in ((acme, "denied"), (globex, "failure")):
        with tenant_transaction(tenant.id):
            assert AuditEvent.objects.get().outcome == outcome


def test_an_action_is_registered_once() -> None:
    """G3: a code stands for one action, with a kind and a label."""
    with pytest.raises(ValueError, match="registered twice"):
        register("access.denied", Kind.ERROR, ACCESS_DENIED.label)
    for code, action in registered().items():
        assert isinstance(action, Action)
        assert code == action.code
        assert str(action.label)
        assert len(code) <= 80


def test_an_unknown_action_is_shown_by_its_code() -> None:
    """G1: events of another release stay readable."""
    assert AuditEvent(action="gone.away", tenant_id=UUID(int=1)).action_label == "gone.away"
    assert actions.label_of("access.denied") == "Opened a page without the right to it"
