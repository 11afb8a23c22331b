"""Changes of plan, edition and time zone (T2, T7, T10)."""

import pytest
from django.core.exceptions import ValidationError

from auditlog.actors import Actor
from auditlog.recording.services import change_recording
from documents.contents import store_file
from documents.names import clean_place
from documents.queries import storage_used
from tenants import limits
from tenants.contract.queries import contract_page, plan_use
from tenants.contract.services import change_edition, change_plan, change_time_zone
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Edition, State, Tenant
from tenants.plans import PLANS, PlanCode
from tenants.queries import tenant_by_code
from tests.accounts.reading import actions_of, changes, newest_event
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def now(tenant: Tenant) -> Tenant:
    """The tenant as it is stored."""
    found = tenant_by_code(tenant.company_code)
    assert found is not None
    return found


def put(tenant: Tenant, **fields: object) -> None:
    """Set fields of the tenant, past the services."""
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(**fields)


def test_leaving_the_trial_makes_the_contract_active(cast: Cast, operator: Actor) -> None:
    """T4, T7: in both logs, and there is no way back."""
    tenant = cast.admin.tenant
    put(tenant, plan_code=PlanCode.TRIAL, state=State.TRIAL)
    change_plan(tenant.id, plan=PlanCode.ENTERPRISE, actor=operator)
    assert (now(tenant).plan_code, now(tenant).state) == (PlanCode.ENTERPRISE, State.ACTIVE)
    for log in (tenant, cast.operator.tenant):
        assert changes(newest_event(log, "contract.plan.changed")) == (
            {"plan": "trial", "state": "trial"},
            {"plan": "enterprise", "state": "active"},
        )
    change_plan(tenant.id, plan=PlanCode.ENTERPRISE, actor=operator)
    assert actions_of(tenant).count("contract.plan.changed") == 1
    with pytest.raises(ValidationError, match="begins with a trial"):
        change_plan(tenant.id, plan=PlanCode.TRIAL, actor=operator)
    neighbour = now(cast.outsider.tenant)
    assert (neighbour.plan_code, neighbour.state) == (PlanCode.STANDARD, State.ACTIVE)


def test_more_use_than_a_smaller_plan_allows_is_refused(
    cast: Cast, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T7: users and storage, each named with what there is; suspended users do not count."""
    tenant = cast.admin.tenant
    put(tenant, plan_code=PlanCode.ENTERPRISE)
    small = PLANS[PlanCode.STANDARD]
    monkeypatch.setitem(PLANS, PlanCode.STANDARD, type(small)(PlanCode.STANDARD, 3, 10, 10, 7))
    make_person(tenant, "away", state="suspended")
    with tenant_transaction(tenant.id):
        store_file([b"eleven bytes"], place=clean_place("a.txt"), folder=None, actor=cast.admin.actor)
        assert (plan_use(now(tenant)).users.used, storage_used()) == (3, 12)
    make_person(tenant, "one-more", state="invited")
    with pytest.raises(ValidationError) as refused:
        change_plan(tenant.id, plan=PlanCode.STANDARD, actor=operator)
    users, storage = refused.value.message_dict["plan"]
    assert users.startswith("4 users are registered, and the plan allows 3.")
    assert storage.startswith("12\xa0bytes are stored, and the plan allows 10\xa0bytes.")
    assert now(tenant).plan_code == PlanCode.ENTERPRISE
    assert "contract.plan.changed" not in actions_of(tenant)


def test_nobody_slips_in_while_the_plan_changes(cast: Cast, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7: a registration and a change to a plan without room for it take turns; one of them is refused."""
    tenant = cast.admin.tenant
    put(tenant, plan_code=PlanCode.ENTERPRISE)
    small = PLANS[PlanCode.STANDARD]
    monkeypatch.setitem(PLANS, PlanCode.STANDARD, type(small)(PlanCode.STANDARD, 3, 1000, 10, 7))

    def shrink() -> bool:
        try:
            change_plan(tenant.id, plan=PlanCode.STANDARD, actor=operator)
        except ValidationError:
            return False
        return True

    def register() -> bool:
        try:
            with tenant_transaction(tenant.id):
                limits.register_user(
                    user_id="new", name="N", email="n@acme.example", roles=[], language="en", actor=cast.admin.actor
                )
        except ValidationError:
            return False
        return True

    assert sorted(at_once(shrink, register)) == [False, True]


@pytest.mark.parametrize("state", [State.SUSPENDED, State.ERASED])
def test_a_contract_that_has_ended_does_not_change(cast: Cast, operator: Actor, state: State) -> None:
    """T4: neither plan nor edition."""
    put(cast.admin.tenant, state=state)
    with pytest.raises(ValidationError, match="not in use any more"):
        change_plan(cast.admin.tenant.id, plan=PlanCode.ENTERPRISE, actor=operator)
    with pytest.raises(ValidationError, match="not in use any more"):
        change_edition(cast.admin.tenant.id, edition=Edition.PRIVATE, actor=operator)


def test_the_edition_decides_who_sets_what(cast: Cast, operator: Actor) -> None:
    """T2, G4: log capture goes from the provider to the company and back, with the next click."""
    tenant = cast.admin.tenant

    def may_set(actor: Actor) -> bool:
        with tenant_transaction(tenant.id):
            try:
                change_recording(screens=True, traced_until=None, actor=actor)
            except ValidationError:
                return False
        return True

    assert (may_set(cast.admin.actor), may_set(operator)) == (False, True)
    change_edition(tenant.id, edition=Edition.PRIVATE, actor=operator)
    assert (may_set(cast.admin.actor), may_set(operator)) == (True, False)
    for log in (tenant, cast.operator.tenant):
        event = newest_event(log, "contract.edition.changed")
        assert changes(event) == ({"edition": "public"}, {"edition": "private"})
        assert event.kind == "rights"
    change_edition(tenant.id, edition=Edition.PUBLIC, actor=operator)
    assert (may_set(cast.admin.actor), may_set(operator)) == (False, True)
    assert now(cast.outsider.tenant).edition == Edition.PUBLIC
    with pytest.raises(ValidationError, match="provider itself"):
        change_edition(cast.operator.tenant.id, edition=Edition.PRIVATE, actor=operator)


def test_a_company_counts_its_months_in_its_own_zone(cast: Cast) -> None:
    """T10: its administrators say which; in its own log alone."""
    tenant = cast.admin.tenant
    change_time_zone(tenant.id, zone="America/New_York", actor=cast.admin.actor)
    assert now(tenant).time_zone == "America/New_York"
    assert now(cast.outsider.tenant).time_zone == "Asia/Tokyo"
    assert changes(newest_event(tenant, "contract.time_zone.changed")) == (
        {"time_zone": "Asia/Tokyo"},
        {"time_zone": "America/New_York"},
    )
    assert "contract.time_zone.changed" not in actions_of(cast.operator.tenant)
    with pytest.raises(ValidationError) as refused:
        change_time_zone(tenant.id, zone="Asia/Edo", actor=cast.admin.actor)
    assert list(refused.value.message_dict) == ["time_zone"]


def test_the_list_counts_as_the_company_itself_does(cast: Cast) -> None:
    """T7: one question for all of them, behind the wall, with the numbers that each company sees."""
    tenant = cast.admin.tenant
    with tenant_transaction(tenant.id):
        store_file([b"12345"], place=clean_place("a.txt"), folder=None, actor=cast.admin.actor)
    listed = {line.tenant.company_code: line.use for line in contract_page().object_list}
    assert list(listed) == ["ACME", "GLOBEX", "PROVIDER"]
    for person in (cast.admin, cast.outsider, cast.operator):
        with tenant_transaction(person.tenant.id):
            assert listed[person.tenant.company_code] == plan_use(person.tenant)
    assert (listed["ACME"].users.used, listed["ACME"].storage.used) == (3, 5)
    assert [line.tenant.company_code for line in contract_page(search="glob").object_list] == ["GLOBEX"]
    assert [line.tenant.company_code for line in contract_page(plan="enterprise").object_list] == ["PROVIDER"]
