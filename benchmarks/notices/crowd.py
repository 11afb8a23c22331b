"""Companies with people, and nothing else."""

from accounts.menus import ADMINISTRATOR, BUILT_IN_ROLES
from accounts.models import Role, User, UserRole, UserState
from benchmarks.filling import bulk, insert
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from vault.keys import key_store

_COMPANY = "md5('company' || company)::uuid"
_PERSON = "md5(company || ' ' || person)::uuid"
_ROLE = "md5('role' || company)::uuid"
_COMPANIES = "FROM generate_series(1, {companies}) AS company"
_PEOPLE = _COMPANIES + " CROSS JOIN generate_series(1, {people}) AS person"


def fill(*, companies: int, people: int) -> None:
    """The provider, and so many companies of so many people, one of them the administrator; every other in English."""
    with platform_transaction():
        provider = Tenant.objects.create(company_code="PROVIDER", name="Provider", is_provider=True)
    key_store().create_tenant_keys(provider.id)
    (menus,) = (role.menus for role in BUILT_IN_ROLES if role.code == ADMINISTRATOR)
    listed = ", ".join(f"'{menu}'" for menu in menus)
    sizes = {"companies": companies, "people": people}
    each, everybody = _COMPANIES.format(**sizes), _PEOPLE.format(**sizes)
    with bulk() as cursor:
        insert(
            cursor,
            Tenant,
            each,
            id=_COMPANY,
            company_code="'C' || lpad(company::text, 7, '0')",
            name="'株式会社テスト' || company",
        )
        insert(
            cursor,
            Role,
            each,
            id=_ROLE,
            tenant_id=_COMPANY,
            code=f"'{ADMINISTRATOR}'",
            menus=f"ARRAY[{listed}]::varchar[]",
        )
        insert(
            cursor,
            User,
            everybody,
            id=_PERSON,
            tenant_id=_COMPANY,
            user_id="'u' || person",
            name="'利用者' || person",
            email="'u' || person || '@c' || company || '.example'",
            state=f"'{UserState.ACTIVE}'",
            language="CASE person %% 2 WHEN 0 THEN 'en' ELSE 'ja' END",
        )
        insert(
            cursor,
            UserRole,
            each,
            id="md5('held' || company)::uuid",
            tenant_id=_COMPANY,
            user_id="md5(company || ' 1')::uuid",
            role_id=_ROLE,
        )
