"""The directory of tenants: closed, and asked one question at a time (T1, A1)."""

from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, transaction

from tenants.isolation.context import current_tenant_id, tenant_scope
from tenants.isolation.directory import Company, current_company, normalize_code, provider_company, resolve_company
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.tenants import make_tenant

pytestmark = pytest.mark.django_db


def test_a_code_finds_its_company(acme: Tenant) -> None:
    """A1: as people type it, full-width letters included."""
    expected = Company(acme.id, "ACME", acme.name, open=True, is_provider=False)
    for code in ("ACME", "acme", " Acme\n", "ＡＣＭＥ", "ａｃｍｅ"):
        assert resolve_company(code) == expected


@pytest.mark.parametrize("code", ["", "ACM", "ACME2", "%", "AC_E", "ACME\0", "' OR true --", "A" * 10_000, "关所"])
def test_another_code_finds_none(code: str, acme: Tenant) -> None:
    """A1: whole codes only, and no text is an error."""
    assert resolve_company(code) is None


def test_the_code_is_normalized_once() -> None:
    """A1: what is stored is what is looked for."""
    assert normalize_code(" ａｃｍｅ－１ ") == "ACME-1"
    assert normalize_code(normalize_code("ｱｸﾒ")) == normalize_code("ｱｸﾒ")


@pytest.mark.parametrize("ask", [lambda: resolve_company("GLOBEX"), provider_company, current_company])
def test_a_question_changes_no_scope(ask: Callable[[], Company | None], acme: Tenant) -> None:
    """T1: asked in the middle of a tenant's transaction, which goes on as before."""
    with tenant_transaction(acme.id):
        assert ask() is not None
        assert current_tenant_id() == acme.id
        assert Tenant.objects.get() == acme


def test_who_the_companies_are(acme: Tenant, provider: Tenant) -> None:
    """T1: the provider is known, and so is the company for which one works."""
    found = provider_company()
    assert found is not None
    assert (found.tenant_id, found.is_provider) == (provider.id, True)
    assert current_company() is None
    with tenant_scope(acme.id):
        assert current_company() == resolve_company("ACME")


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
@pytest.mark.parametrize(("state", "found", "is_open"), [(State.TRIAL, True, True), (State.SUSPENDED, True, False),
                                                         (State.CANCELLATION_REQUESTED, True, True),
                                                         (State.ERASED, False, False)])  # fmt: skip
def test_a_company_that_has_left(state: State, found: bool, is_open: bool) -> None:
    """T4: suspended ones are known and closed, erased ones are not known any more."""
    tenant = make_tenant("LEAVER", state=state)
    company = resolve_company("LEAVER")
    assert (company is not None) is found
    with tenant_scope(tenant.id):
        own = current_company()
    assert own is not None
    assert own.open is is_open


@pytest.mark.parametrize("inside", [True, False])
def test_the_directory_cannot_be_read(inside: bool, acme: Tenant) -> None:
    """T1: a tenant sees its own row, others see none; nobody but the platform role writes."""
    with tenant_scope(acme.id if inside else None), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company_code FROM tenants_tenant")
        assert cursor.fetchall() == ([("ACME",)] if inside else [])
        cursor.execute("SELECT count(*) FROM resolve_company('%')")
        assert cursor.fetchone() == (0,)
        for write in ("INSERT INTO tenants_tenant (id) VALUES (gen_random_uuid())", "DELETE FROM tenants_tenant"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(write)


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_the_platform_role_sees_all_tenants_and_none_of_their_data(acme: Tenant) -> None:
    """T1: what it may touch of a tenant is declared table by table."""
    with platform_transaction():
        assert Tenant.objects.count() == 3
    with pytest.raises(ProgrammingError, match="permission denied"), platform_transaction():
        Tenant.objects.raw("SELECT t.* FROM tenants_tenant t JOIN documents_document d ON true")[0]
