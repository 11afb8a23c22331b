"""What people make of findings, and how the provider sets the rules: services with an event each (G9)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import LOGIN_FAILED
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from auditlog.watching import queries
from auditlog.watching.findings import explain, mark_seen
from auditlog.watching.models import FindingState
from auditlog.watching.registry import rule_of
from auditlog.watching.ruling import change_rule
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import newest_event
from tests.auditlog.watching.conftest import found, look, stored
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

GUESSING = rule_of("failures.guessing")


def fail(tenant: Tenant, times: int = 10) -> None:
    """So many failed log-ins of erin."""
    with tenant_transaction(tenant.id):
        for _each in range(times):
            record(LOGIN_FAILED, actor=Actor.anyone("erin"), outcome=Outcome.FAILURE)


def set_rule(cast: Cast, *, enabled: bool = True, failures: int = 10, minutes: int = 60, reason: str = "Why") -> None:
    """As an operator would."""
    assert GUESSING is not None
    numbers = {"failures": failures, "minutes": minutes}
    with tenant_transaction(cast.operator.tenant.id):
        change_rule(GUESSING, enabled=enabled, thresholds=numbers, reason=reason, actor=cast.operator.actor)


def test_taking_note(cast: Cast) -> None:
    """G9: once, by somebody, on record."""
    acme = cast.admin.tenant
    fail(acme)
    look(acme)
    finding = stored(acme)[0]
    with tenant_transaction(acme.id):
        mark_seen(finding, actor=cast.admin.actor)
        with pytest.raises(ValidationError, match="already"):
            mark_seen(finding, actor=cast.admin.actor)
    assert (stored(acme)[0].state, stored(acme)[0].decided_by_name) == (FindingState.SEEN, "Alice")
    assert newest_event(acme, "watching.finding.seen").target_id == str(finding.id)


def test_explaining(cast: Cast) -> None:
    """G9: what it was, in words, which can be corrected; never without any."""
    acme = cast.admin.tenant
    fail(acme)
    look(acme)
    finding = stored(acme)[0]
    with tenant_transaction(acme.id):
        with pytest.raises(ValidationError) as refusal:
            explain(finding, note=" ", actor=cast.admin.actor)
        assert "note" in refusal.value.error_dict
        explain(finding, note="A forgotten password", actor=cast.admin.actor)
        explain(finding, note="An old script", actor=cast.admin.actor)
    assert (stored(acme)[0].state, stored(acme)[0].note) == (FindingState.EXPLAINED, "An old script")
    event = newest_event(acme, "watching.finding.explained")
    assert event.before == {"state": "explained", "note": "A forgotten password"}
    assert event.after == {"state": "explained", "note": "An old script"}


def test_another_threshold(cast: Cast) -> None:
    """G9: for every company, from the next look on; the provider's log says from what to what, and why."""
    acme = cast.admin.tenant
    set_rule(cast, failures=3, reason="An attack is under way")
    fail(acme, 2)
    look(acme)
    assert found(acme) == []
    fail(acme, 1)
    look(acme)
    assert found(acme) == [("failures.guessing", "erin", 3)]
    event = newest_event(cast.operator.tenant, "watching.rule.changed")
    assert event.before == {"enabled": True, "failures": 10, "minutes": 60}
    assert event.after == {"enabled": True, "failures": 3, "minutes": 60, "reason": "An attack is under way"}
    set_rule(cast)
    with tenant_transaction(acme.id):
        assert queries.rule_settings()["failures.guessing"].thresholds == {}


def test_a_rule_switched_off(cast: Cast) -> None:
    """G9: it says nothing, until it is switched on again; what happened meanwhile is not looked at once more."""
    acme = cast.admin.tenant
    set_rule(cast, enabled=False)
    fail(acme)
    look(acme)
    assert found(acme) == []
    set_rule(cast)
    look(acme)
    assert found(acme) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": " "}, "reason"), ({"failures": 0}, "failures"), ({"minutes": 1441}, "minutes")],
)
def test_what_cannot_be_set(cast: Cast, change: dict[str, object], field: str) -> None:
    """G9: nothing without a reason, no number that makes the rule senseless; then nothing is set."""
    with pytest.raises(ValidationError) as refusal:
        set_rule(cast, **{"failures": 5, **change})  # type: ignore[arg-type]
    assert set(refusal.value.error_dict) == {field}
    with tenant_transaction(cast.operator.tenant.id):
        assert queries.rule_settings() == {}
