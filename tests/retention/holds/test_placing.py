"""Placing, reviewing and releasing: by two people, on record, told to the company unless sealed (R5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from auditlog.models import AuditEvent
from backups.destruction.services import destroy_keys
from retention.holds import services
from retention.holds.models import CompanyNotice, Hold, Scope
from retention.holds.queries import find_hold, notices
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person
from tests.retention.holds.conftest import Furnished, Place, an_order

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def events(tenant: Tenant) -> list[tuple[str, dict[str, Any]]]:
    """What the tenant's log has of holds."""
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action__startswith="retention.hold").order_by("id")
        return [(event.action, event.after or {}) for event in found]


def told(tenant: Tenant) -> list[CompanyNotice]:
    with tenant_transaction(tenant.id):
        return list(notices())


def test_an_open_hold_is_in_both_logs_and_told(
    provider: Tenant, ours: Furnished, theirs: Furnished, place: Place, release: Callable[[Hold], Hold]
) -> None:
    """R5: the company sees authority, reference, ground and scope, not why the provider did it, and its end."""
    hold = place(ours.tenant, Scope.FOLDER, "/cases/2026/")
    (notice,) = told(ours.tenant)
    assert (notice.authority, notice.scope_label, notice.ended_at) == ("Tokyo District Court", "cases/2026", None)
    assert told(theirs.tenant) == []
    ((action, facts),) = events(ours.tenant)
    assert action == "retention.hold.placed"
    assert facts == {
        "authority": "Tokyo District Court",
        "reference": "2026 (wa) 1234",
        "legal_ground": "Code of Civil Procedure, article 234",
        "company": "ACME",
        "scope": "folder",
        "name": "cases/2026",
    }
    ((_action, ours_facts),) = events(provider)
    assert ours_facts == facts | {
        "reason": "Preservation of evidence",
        "sealed": False,
        "review_on": hold.review_on.isoformat(),
        "reviewer": "Otto",
    }
    release(hold)
    assert told(ours.tenant)[0].ended_at is not None
    assert [action for action, _facts in events(ours.tenant)][1:] == ["retention.hold.released"]


def test_a_sealed_hold_is_in_the_providers_log_alone_until_it_is_unsealed(
    provider: Tenant, ours: Furnished, place: Place, otto: Person
) -> None:
    """R5: nothing of it is in the company's log or tables."""
    hold = place(ours.tenant, Scope.COMPANY, sealing="The investigation would be in danger")
    assert told(ours.tenant) == []
    assert events(ours.tenant) == []
    assert len(events(provider)) == 1
    services.unseal_hold(hold.id, operator=otto.user, actor=otto.actor)
    assert [notice.id for notice in told(ours.tenant)] == [hold.id]
    assert [action for action, _facts in events(ours.tenant)] == ["retention.hold.unsealed"]
    with pytest.raises(ValidationError, match="knows of this hold already"):
        services.unseal_hold(hold.id, operator=otto.user, actor=otto.actor)


def test_nobody_places_reviews_and_releases_alone(ours: Furnished, place: Place, olga: Person, otto: Person) -> None:
    """R5: another operator reviews, another one confirms, and the company code is typed each time."""
    hold = place(ours.tenant, Scope.DOCUMENT, "d.txt")
    later = timezone.localdate() + timedelta(days=30)
    with pytest.raises(ValidationError, match="cannot review"):
        services.review_hold(hold.id, review_on=later, operator=olga.user, actor=olga.actor)
    with pytest.raises(ValidationError, match="within the next year"):
        services.review_hold(hold.id, review_on=later + timedelta(days=400), operator=otto.user, actor=otto.actor)
    assert services.review_hold(hold.id, review_on=later, operator=otto.user, actor=otto.actor).review_on == later

    def ask(code: str, by: Person) -> Hold:
        return services.ask_release(hold.id, reason="Lifted", typed_code=code, operator=by.user, actor=by.actor)

    def confirm(code: str, by: Person) -> Hold:
        return services.confirm_release(hold.id, typed_code=code, operator=by.user, actor=by.actor)

    with pytest.raises(ValidationError, match="Nobody has asked"):
        confirm("ACME", otto)
    with pytest.raises(ValidationError, match="Type the company code ACME"):
        ask("GLOBEX", olga)
    ask("acme", olga)
    with pytest.raises(ValidationError, match="another operator has to"):
        confirm("ACME", olga)
    services.withdraw_release(hold.id, operator=otto.user, actor=otto.actor)
    ask("acme", otto)
    found = find_hold(hold.id)
    assert found is not None
    assert found.is_active
    assert not confirm("acme", olga).is_active
    with pytest.raises(ValidationError, match="released already"):
        confirm("acme", olga)


@pytest.mark.parametrize(
    ("scope", "name", "complaint"),
    [
        (Scope.FOLDER, "cases/2025", "no folder of this path"),
        (Scope.FOLDER, "", "no folder of this path"),
        (Scope.DOCUMENT, "cases/c.txt", "no document of this path"),
        (Scope.DOCUMENT, "nowhere/c.txt", "no folder of this path"),
        (Scope.PERSON, "olga", "no user of this user ID"),
        (Scope.AUDIT, "", "first and the last day"),
    ],
)
def test_an_order_names_what_there_is(ours: Furnished, place: Place, scope: Scope, name: str, complaint: str) -> None:
    """R5: nothing is placed on what the company has not got."""
    with pytest.raises(ValidationError, match=complaint):
        place(ours.tenant, scope, name)
    with platform_transaction():
        assert not Hold.objects.exists()


def test_refusals(ours: Furnished, olga: Person, otto: Person) -> None:
    """R5: the wrong code, oneself as reviewer, a company that is gone."""

    def placing(code: str = "ACME", reviewer: Person = otto) -> None:
        services.place_hold(
            ours.tenant,
            an_order(Scope.COMPANY),
            reviewer=reviewer.user,
            review_on=timezone.localdate() + timedelta(days=1),
            typed_code=code,
            operator=olga.user,
            actor=olga.actor,
        )

    with pytest.raises(ValidationError, match="Type the company code"):
        placing(code="GLOBEX")
    with pytest.raises(ValidationError, match="Somebody else"):
        placing(reviewer=olga)
    ours.tenant.state = State.ERASED
    with pytest.raises(ValidationError, match="nothing to hold"):
        placing()


def test_the_keys_of_a_held_company_stay(ours: Furnished, place: Place, olga: Person) -> None:
    """R5, R1: what is held could not be read any more without them."""
    place(ours.tenant, Scope.DOCUMENT, "d.txt", sealing="Secret")
    ours.tenant.state = State.SUSPENDED
    with platform_transaction():
        ours.tenant.save(update_fields=["state"])
    with pytest.raises(ValidationError, match="its keys must stay"):
        destroy_keys(ours.tenant, ground="test", actor=olga.actor)
