"""The page of the security policy, and what the standards say of it (A2, A3, A11; ASVS 6.2.5, 6.2.10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.policy.models import DEFAULTS, FactorRule, SecurityPolicy
from accounts.policy.queries import current_policy
from accounts.policy.standards import preset_of, preset_policy, verdicts
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import changes, newest_event
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

CHECKLIST = {"min_length": 8, "required_classes": 4, "expiry_days": 90, "history_generations": 3, "failures_allowed": 5}


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def save(client: Client, **values: Any) -> Any:
    """Send the form with these values, the others as they are by default."""
    return client.post("/console/security/", DEFAULTS | values)


def met(cast: Cast, **values: Any) -> list[str]:
    """The standards that such a policy meets."""
    with tenant_transaction(cast.admin.tenant.id):
        return [str(verdict.standard) for verdict in verdicts(SecurityPolicy(**values)) if verdict.is_met]


def test_the_default_is_the_recommended_preset(cast: Cast, client: Client) -> None:
    """A3: a company that chose nothing is well off; no row is needed for it."""
    with tenant_transaction(cast.admin.tenant.id):
        policy = current_policy()
        assert preset_of(policy) == "nist"
        assert (policy.min_length, policy.required_classes, policy.expiry_days, policy.failures_allowed) == (
            15,
            0,
            0,
            10,
        )
    page = client.get("/console/security/").content.decode()
    assert "NIST SP 800-63B-4" in page
    assert "It does not ask everybody for a second factor" in page
    assert "NIST asks for 15 characters" not in page


@pytest.mark.parametrize(
    ("values", "standards"),
    [
        ({}, ["ASVS 5.0, level 1", "NIST SP 800-63B-4"]),
        ({"min_length": 14}, ["ASVS 5.0, level 1"]),
        (
            {"min_length": 8, "factor_required": FactorRule.EVERYONE},
            ["ASVS 5.0, level 1", "ASVS 5.0, level 2", "NIST SP 800-63B-4"],
        ),
        ({"expiry_days": 365}, ["ASVS 5.0, level 1"]),
        ({"required_classes": 1}, []),
        (CHECKLIST, ["Japanese corporate checklist"]),
        (CHECKLIST | {"expiry_days": 91}, []),
        (CHECKLIST | {"history_generations": 2}, []),
        (CHECKLIST | {"failures_allowed": 6}, []),
    ],
)
def test_which_standard_is_met(cast: Cast, values: dict[str, Any], standards: list[str]) -> None:
    """ASVS 6.2.5, 6.2.10: forced kinds and forced changes are for sale, and labelled for what they are."""
    assert met(cast, **values) == standards


def test_a_preset_fills_the_form_and_is_saved_by_the_button(cast: Cast, client: Client) -> None:
    """A3: looking at a preset changes nothing."""
    page = client.get("/console/security/?preset=checklist").content.decode()
    assert 'name="expiry_days" value="90"' in page
    assert "Not saved yet" in page
    with tenant_transaction(cast.admin.tenant.id):
        assert not SecurityPolicy.objects.exists()
        assert preset_policy("nonsense") is None
    assert save(client, **CHECKLIST)["Location"] == "/console/security/"
    with tenant_transaction(cast.admin.tenant.id):
        assert preset_of(current_policy()) == "checklist"
    with tenant_transaction(cast.outsider.tenant.id):
        assert preset_of(current_policy()) == "nist"


def test_a_change_is_recorded_with_before_and_after(cast: Cast, client: Client) -> None:
    """G1, G3: only what changed; nothing when nothing changed."""
    save(client, min_length=20)
    save(client, min_length=20)
    event = newest_event(cast.admin.tenant, "policy.changed")
    assert changes(event) == ({"min_length": 15}, {"min_length": 20, "preset": "custom"})
    with tenant_transaction(cast.admin.tenant.id):
        assert SecurityPolicy.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("min_length", 7), ("expiry_days", 10), ("absolute_hours", 37), ("failures_allowed", ""), ("lock_minutes", "x")],
)
def test_what_is_out_of_bounds_is_refused_with_words(cast: Cast, client: Client, field: str, value: Any) -> None:
    """D6: nothing is saved."""
    response = save(client, **{field: value})
    assert response.status_code == 200
    assert f'id="error_1_id_{field}"' in response.content.decode() or "is-invalid" in response.content.decode()
    with tenant_transaction(cast.admin.tenant.id):
        assert not SecurityPolicy.objects.exists()


def test_the_standards_are_shown_while_typing(cast: Cast, client: Client) -> None:
    """A3: half a form is no error, and nothing is saved."""
    page = client.post("/console/security/preview/", DEFAULTS | {"expiry_days": "90", "min_length": ""})
    assert "It forces a change after some time" in page.content.decode()
    assert "<html" not in page.content.decode()
    with tenant_transaction(cast.admin.tenant.id):
        assert not SecurityPolicy.objects.exists()


def test_the_form_cannot_touch_anything_else(cast: Cast, client: Client) -> None:
    """ASVS 8.2.3: fields that are not on the form are not taken from it."""
    save(client, min_length=14, tenant_id=str(cast.outsider.tenant.id), id=str(cast.outsider.tenant.id))
    with tenant_transaction(cast.admin.tenant.id):
        policy = SecurityPolicy.objects.get()
    assert policy.tenant_id == cast.admin.tenant.id
    assert policy.id != cast.outsider.tenant.id


def test_session_times_are_the_companys_own(cast: Cast, client: Client) -> None:
    """A11, ASVS 7.3.1, 7.3.2: a stricter policy reaches sessions that are open already; other companies keep theirs."""
    editor, outsider = cast.editor.client(), cast.outsider.client()
    save(client, idle_minutes=5, absolute_hours=1)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert (editor.get("/").status_code, outsider.get("/").status_code) == (302, 200)
    used = cast.editor.client()
    for minutes in range(4, 60, 4):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            assert used.get("/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=60, seconds=5)):
        assert used.get("/").status_code == 302
