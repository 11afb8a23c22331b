"""Organisation records (T5, R2)."""

import importlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from auditlog.actors import Actor
from tenants.contract.models import Organisation
from tenants.contract.queries import organisation_of, organisation_record
from tenants.contract.services import change_organisation
from tenants.furnishing import register_furnishing
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PlanCode
from tenants.queries import tenant_by_code
from tenants.services import FirstUser, create_tenant
from tests.accounts.reading import actions_of, changes, newest_event
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CHANGED = "contract.organisation.changed"
WHOLE = {
    "name": "Acme Trading K.K.",
    "billing_department": "経理部",
    "billing_name": "経理 花子",
    "billing_phone": "０３−１２３４−５６７８",
    "billing_email": "keiri@acme.example",
    "country": "JP",
    "postal_code": "1000001",
    "address": "東京都千代田区千代田1-1\nアクメビル5F",
}


def create(code: str = "INITECH") -> Tenant:
    """A tenant as operators make it."""
    first = FirstUser("ada", "Ada Admin", "ada@initech.example")
    made = create_tenant(company_code=code, name="Initech", plan=PlanCode.TRIAL, admin=first, actor=Actor.command())
    return made.tenant


def kept() -> list[dict[str, Any]]:
    """Every record there is."""
    with platform_transaction():
        return [dict(record) for record in Organisation.objects.order_by("tenant_id").values()]


def test_a_new_company_has_a_record_of_who_signed(provider: Tenant) -> None:
    """T5: made in the transaction that makes the tenant; the first user is the system contact to begin with."""
    record = organisation_record(create())
    assert (record.name, record.first_user_name, record.first_user_email) == (
        "Initech",
        "Ada Admin",
        "ada@initech.example",
    )
    assert (record.system_name, record.system_email) == ("Ada Admin", "ada@initech.example")
    assert (record.country, record.currency, record.can_be_billed) == ("JP", "JPY", False)


def test_without_its_record_there_is_no_tenant(provider: Tenant) -> None:
    """T5: one transaction, so what fails in it leaves nothing."""

    def fail(tenant: Tenant, _first: object) -> None:
        raise ConnectionError(tenant.company_code)

    from tenants import furnishing

    register_furnishing(fail)
    before = kept()
    try:
        with pytest.raises(ConnectionError):
            create()
    finally:
        furnishing._registered.remove(fail)
    assert tenant_by_code("INITECH") is None
    assert kept() == before


def test_the_migration_makes_records_of_companies_that_exist(cast: Cast) -> None:
    """T5: with the name, and the first of their users, whose keys are in the order of time."""
    migration = importlib.import_module("tenants.contract.migrations.0001_initial")
    with connections["owner"].cursor() as cursor:
        cursor.execute(migration._FILL)
    made = {record["tenant_id"]: record for record in kept()}
    acme = made[cast.admin.tenant.id]
    assert (acme["name"], acme["first_user_name"], acme["system_email"]) == (
        "Acme Trading",
        "Alice",
        "alice@acme.example",
    )
    assert made[cast.operator.tenant.id]["first_user_name"] == "Olga"


def test_a_company_keeps_its_own_record(cast: Cast) -> None:
    """T5: written in one way, its new name is the tenant's, and only what changed is in its log; no operator's deed."""
    tenant, neighbours = cast.admin.tenant, [cast.outsider.tenant, cast.operator.tenant]
    logs = [actions_of(other) for other in neighbours]
    change_organisation(tenant.id, changes=WHOLE, actor=cast.admin.actor)
    with tenant_transaction(tenant.id):
        record = organisation_of(tenant)
    assert (record.billing_phone, record.postal_code) == ("03-1234-5678", "100-0001")
    assert record.address == WHOLE["address"]
    assert record.can_be_billed
    renamed = tenant_by_code("ACME")
    assert renamed is not None
    assert renamed.name == record.name == "Acme Trading K.K."
    before, after = changes(newest_event(tenant, CHANGED))
    assert before["name"] == "Acme Trading"
    assert "country" not in after  # it was Japan before
    change_organisation(tenant.id, changes=WHOLE, actor=cast.admin.actor)
    assert actions_of(tenant).count(CHANGED) == 1
    assert [actions_of(other) for other in neighbours] == logs
    with tenant_transaction(cast.outsider.tenant.id):
        assert organisation_of(tenant).billing_email == ""  # which is what a neighbour gets: none
    assert [record["tenant_id"] for record in kept()] == [tenant.id]


def test_an_operator_changes_what_was_agreed(cast: Cast, operator: Actor) -> None:
    """T5, G10: the currency is the provider's to set; both logs have it."""
    tenant = cast.admin.tenant
    change_organisation(tenant.id, changes={"currency": "USD"}, actor=operator)
    for log in (tenant, cast.operator.tenant):
        event = newest_event(log, CHANGED)
        assert changes(event) == ({"currency": "JPY"}, {"currency": "USD"})
        assert (event.actor_kind, event.target_label) == ("operator", "ACME Acme Trading")
    with pytest.raises(ValidationError, match="Only the provider"):
        change_organisation(tenant.id, changes={"currency": "JPY"}, actor=cast.admin.actor)
    with pytest.raises(ValidationError, match="Only the provider"):
        change_organisation(tenant.id, changes={"first_user_name": "Eve"}, actor=cast.admin.actor)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"billing_email": "nobody"},
        {"system_phone": "call me"},
        {"postal_code": "1"},
        {"postal_code": "1000001", "country": "US"},
        {"country": "XX"},
        {"address": "x" * 301},
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, wrong: dict[str, str]) -> None:
    """T5, D6: and nothing is kept of it."""
    before = kept()
    with pytest.raises(ValidationError) as refused:
        change_organisation(cast.admin.tenant.id, changes=WHOLE | wrong, actor=cast.admin.actor)
    assert list(refused.value.message_dict) == [next(iter(wrong))]
    assert kept() == before
    assert CHANGED not in actions_of(cast.admin.tenant)
