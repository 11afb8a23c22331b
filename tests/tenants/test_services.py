"""Creating tenants (T1, T3)."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.menus import BUILT_IN_ROLES
from accounts.models import OneTimeLink, Role, User, UserState
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from tenants.isolation.directory import resolve_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tenants.plans import PLANS, PlanCode
from tenants.queries import all_tenants, current_tenant, open_tenants, tenant_by_code, tenant_page
from tenants.services import CreatedTenant, FirstUser, create_provider, create_tenant
from tests.accounts.reading import actions_of, newest_event
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE
from tests.factories.tenants import make_tenant
from vault.keys import key_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

ADMIN = FirstUser("admin", "Ada Admin", "ada@initech.example")
ACTOR = Actor.command()


def create(code: str = "INITECH", **fields: object) -> CreatedTenant:
    """Create a tenant with the usual values for what the test does not care about."""
    values = {"name": "Initech", "plan": PlanCode.STANDARD, "admin": ADMIN, "actor": ACTOR} | fields
    return create_tenant(company_code=code, **values)  # type: ignore[arg-type]


def rows() -> tuple[int, int]:
    """How many tenants and users there are, everywhere."""
    with platform_transaction():
        return Tenant.objects.count(), sum(_users_of(tenant) for tenant in Tenant.objects.all())


def _users_of(tenant: Tenant) -> int:
    with tenant_transaction(tenant.id):
        return User.objects.count()


def test_a_new_tenant_has_keys_roles_and_an_invited_administrator(provider: Tenant) -> None:
    """T3: everything that is needed before anybody can enter, and nobody with a known password."""
    created = create(" initech ")
    company = resolve_company("ｉｎｉｔｅｃｈ")
    assert company is not None
    assert (company.tenant_id, company.open, company.is_provider) == (created.tenant.id, True, False)
    assert key_store().has_tenant_keys(created.tenant.id)
    with tenant_transaction(created.tenant.id):
        (user,) = User.objects.all()
        assert (user.user_id, user.state, user.has_usable_password()) == ("admin", UserState.INVITED, False)
        assert {role.code for role in user.roles.all()} == {"administrator"}
        assert {role.code for role in Role.objects.all()} == {
            role.code for role in BUILT_IN_ROLES if not role.provider_only
        }


def test_the_administrator_enters_by_the_link(provider: Tenant) -> None:
    """A7: it names the new tenant and is stored as a hash only."""
    created = create()
    secret = BearerSecret.parse(created.invitation.rstrip("/").rpartition("/")[2])
    assert secret is not None
    assert secret.tenant_id == created.tenant.id
    with tenant_transaction(created.tenant.id):
        assert OneTimeLink.objects.get().token_hash == secret.hash


def test_both_logs_know_of_it(provider: Tenant) -> None:
    """G10: the provider's and the new tenant's own; neither has the link."""
    created = create()
    for tenant in (provider, created.tenant):
        event = newest_event(tenant, "tenants.created")
        assert (event.actor_kind, event.actor_user_id, event.target_id) == (
            "operator",
            "manage.py",
            str(created.tenant.id),
        )
        assert event.after == {"company_code": "INITECH", "name": "Initech", "plan": "standard", "admin": "admin"}
    assert actions_of(created.tenant) == [
        "accounts.roles.made",
        "accounts.user.registered",
        "accounts.roles.given",
        "accounts.invitation.sent",
        "tenants.created",
    ]
    random = created.invitation.rpartition(".")[2].rstrip("/")
    with tenant_transaction(created.tenant.id):
        assert random not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("plan", PlanCode)
def test_a_trial_starts_as_a_trial(provider: Tenant, plan: PlanCode) -> None:
    """T4: the lifecycle begins with the plan."""
    created = create(plan=plan)
    assert created.tenant.state == (State.TRIAL if plan == PlanCode.TRIAL else State.ACTIVE)
    assert created.tenant.plan is PLANS[plan]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"code": "AC"}, "company_code"),
        ({"code": "-ACME-"}, "company_code"),
        ({"code": "あいうえお"}, "company_code"),
        ({"code": "acme"}, "company_code"),
        ({"name": " "}, "name"),
        ({"admin": replace(ADMIN, user_id="a b")}, "admin_user_id"),
        ({"admin": replace(ADMIN, email="nobody")}, "admin_email"),
        ({"admin": replace(ADMIN, name="")}, "admin_name"),
    ],
)
def test_bad_input_makes_nothing_at_all(provider: Tenant, fields: dict[str, object], wrong: str) -> None:
    """T3: one transaction; the complaint names its field."""
    before = rows()
    with pytest.raises(ValidationError) as refused:
        create(**fields)  # type: ignore[arg-type]
    assert list(refused.value.message_dict) == [wrong]
    assert rows() == before


def test_without_a_provider_there_are_no_tenants(provider: Tenant) -> None:
    """DESIGN 1: the provider comes first, once."""
    with platform_transaction():
        Tenant.objects.update(is_provider=False)
    with pytest.raises(ValidationError, match=r"manage.py setup"):
        create()
    made = create_provider(company_code="KEEPER", name="Keeper", operator=ADMIN, actor=ACTOR)
    with tenant_transaction(made.tenant.id):
        assert {role.code for role in made.admin.roles.all()} == {"administrator", "operator"}
    with pytest.raises(ValidationError, match="exists already"):
        create_provider(company_code="KEEPER2", name="Keeper", operator=ADMIN, actor=ACTOR)


def test_of_two_with_one_code_one_is_made(provider: Tenant) -> None:
    """T1: a company code is one company's, also in a race."""
    before, _users = rows()
    outcomes = at_once(*[create] * 4)
    assert [isinstance(outcome, CreatedTenant) for outcome in outcomes].count(True) == 1
    assert rows()[0] == before + 1


def test_the_directory_can_be_searched_page_by_page(provider: Tenant, acme: Tenant) -> None:
    """T1: for operators, as the platform role."""
    for number in range(3):
        make_tenant(f"SHOP-{number}", "Shop", state=State.SUSPENDED if number else State.TRIAL)
    assert [t.company_code for t in tenant_page(search="shop", size=2).object_list] == ["SHOP-0", "SHOP-1"]
    page = tenant_page(search="shop", number="2", size=2)
    assert ([t.company_code for t in page.object_list], page.paginator.count) == (["SHOP-2"], 3)
    assert [t.company_code for t in tenant_page(state="suspended")] == ["SHOP-1", "SHOP-2"]
    assert [t.company_code for t in tenant_page(search="Acme Tr")] == ["ACME"]
    assert [t.company_code for t in tenant_page(search="%")] == []
    assert len(all_tenants()) == 6
    assert len(open_tenants()) == 4
    assert tenant_by_code("SHOP-0") is not None
    assert tenant_by_code("NOBODY") is None


def test_a_tenant_sees_its_own_row_of_the_directory_only(provider: Tenant, acme: Tenant) -> None:
    """T1: as the app role, whatever the query."""
    with tenant_transaction(acme.id):
        assert current_tenant().company_code == "ACME"
        assert [tenant.company_code for tenant in Tenant.objects.all()] == ["ACME"]
