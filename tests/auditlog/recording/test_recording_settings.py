"""Who decides what is recorded: the company in the Private edition, the provider in the Public one (G4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from auditlog.actors import Actor, ActorKind
from auditlog.models import AuditEvent
from auditlog.recording.actions import RECORDING_CHANGED
from auditlog.recording.models import RecordingPolicy
from auditlog.recording.queries import current_recording, is_private_edition
from auditlog.recording.services import change_recording
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Edition, Tenant
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE, transaction=True)

OPERATOR = Actor(ActorKind.OPERATOR, "olga", "Olga")
CONSOLE = "/console/audit/settings/"
AT_PROVIDER = "/operator/tenants/ACME/audit/"
NO_SCREENS = {"trace_hours": "0"}


@pytest.fixture
def private(acme: Tenant) -> Tenant:
    """ACME, with the Private edition."""
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(edition=Edition.PRIVATE)
    return acme


def changes(tenant: Tenant) -> list[AuditEvent]:
    """The changes that stand in the tenant's log."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action=RECORDING_CHANGED.code).order_by("at"))


def policy_of(tenant: Tenant) -> RecordingPolicy:
    """What is captured of the tenant."""
    with tenant_transaction(tenant.id):
        return current_recording()


def test_the_company_decides_in_the_private_edition(private: Tenant, cast: Cast) -> None:
    """G4: what was and what is stand in its log, of a kind that nobody can switch off; the provider is refused."""
    with tenant_transaction(private.id):
        assert is_private_edition()
        change_recording(screens=False, traced_until=None, actor=cast.admin.actor)
    (event,) = changes(private)
    assert (event.kind, event.actor_user_id) == ("rights", "alice")
    assert event.before == {"screens": True, "traced_until": None}
    assert event.after == {"screens": False, "traced_until": None}
    assert not policy_of(private).screens
    with tenant_transaction(private.id), pytest.raises(ValidationError, match="company itself decides"):
        change_recording(screens=True, traced_until=None, actor=OPERATOR)
    assert not policy_of(private).screens


def test_the_provider_decides_in_the_public_edition(acme: Tenant, globex: Tenant, provider: Tenant, cast: Cast) -> None:
    """G4, G10: it stands in both logs; the company's administrator is refused; another company hears nothing."""
    until = timezone.now() + timedelta(days=1)
    with tenant_transaction(acme.id), pytest.raises(ValidationError, match="provider decides"):
        change_recording(screens=False, traced_until=None, actor=cast.admin.actor)
    assert changes(acme) == []
    with tenant_transaction(acme.id):
        change_recording(screens=True, traced_until=until, actor=OPERATOR)
    (theirs,), (ours,) = changes(acme), changes(provider)
    assert theirs.after == ours.after == {"screens": True, "traced_until": until.isoformat()}
    assert (ours.target_id, ours.target_label) == (str(acme.id), "ACME")
    assert policy_of(acme).is_tracing
    assert changes(globex) == []


def test_nothing_new_is_no_event_and_traces_are_bounded(acme: Tenant) -> None:
    """G4: the same again writes nothing; more than seven days of traces are refused."""
    with tenant_transaction(acme.id):
        change_recording(screens=True, traced_until=None, actor=OPERATOR)
        with pytest.raises(ValidationError, match="7 days"):
            change_recording(screens=True, traced_until=timezone.now() + timedelta(days=7, hours=1), actor=OPERATOR)
        assert RecordingPolicy.objects.count() == 0
    assert changes(acme) == []


def test_the_page_of_the_company(private: Tenant, cast: Cast) -> None:
    """G4: every kind with its state; traces end at the time that was chosen, and can be left as they are."""
    client = cast.admin.client()
    page = client.get(CONSOLE).content.decode()
    assert page.count("Always recorded") == 7
    assert client.post(CONSOLE, {"screens": "on", "trace_hours": "24"}).status_code == 302
    until = policy_of(private).traced_until
    assert until is not None
    assert timedelta(hours=23) < until - timezone.now() <= timedelta(hours=24)
    assert client.post(CONSOLE, {"trace_hours": "keep"}).status_code == 302
    changed = policy_of(private)
    assert (changed.screens, changed.traced_until) == (False, until)
    assert "Not recorded" in client.get(CONSOLE).content.decode()


def test_the_page_of_a_public_company_tells_and_offers_nothing(acme: Tenant, cast: Cast) -> None:
    """G4: it shows what the provider has set; what is sent to it all the same is refused by the service."""
    client = cast.admin.client()
    page = client.get(CONSOLE).content.decode()
    assert "Set by the provider" in page
    assert 'name="screens"' not in page
    assert "180 days" in page
    refused = client.post(CONSOLE, NO_SCREENS)
    assert (refused.status_code, policy_of(acme).screens) == (200, True)
    assert "In the Public edition the provider decides" in refused.content.decode()


def test_the_operators_page(acme: Tenant, cast: Cast) -> None:
    """G4, G10: editable for a public company; the event in its log names an operator."""
    client = cast.operator.client()
    assert 'name="screens"' in client.get(AT_PROVIDER).content.decode()
    assert client.post(AT_PROVIDER, NO_SCREENS).status_code == 302
    (event,) = changes(acme)
    assert (event.actor_kind, event.actor_user_id, policy_of(acme).screens) == ("operator", "olga", False)
    assert client.get("/operator/tenants/NOBODY/audit/").status_code == 404


def test_the_operators_page_of_a_private_company(private: Tenant, cast: Cast) -> None:
    """G4: to be read, with the reason."""
    client = cast.operator.client()
    page = client.get(AT_PROVIDER).content.decode()
    assert "Decided by the company" in page
    assert 'name="screens"' not in page
    refused = client.post(AT_PROVIDER, NO_SCREENS)
    assert (refused.status_code, policy_of(private).screens) == (200, True)


@pytest.mark.parametrize(("who", "address"), [("admin", CONSOLE), ("operator", AT_PROVIDER)])
def test_who_was_away_proves_who_they_are_first(private: Tenant, cast: Cast, who: str, address: str) -> None:
    """A11: an open screen is not enough to change what is recorded."""
    person: Any = getattr(cast, who)
    client = person.client()
    with tenant_transaction(person.tenant.id):
        person.user.sessions.update(proved_at=timezone.now() - timedelta(hours=1))
    response = client.post(address, NO_SCREENS)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/confirm/")
    assert changes(private) == []
