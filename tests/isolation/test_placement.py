"""A tenant with a database of its own is found by its placement, and only its data is there (T2)."""

import copy
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections, router
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from auditlog.models import AuditEvent
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.isolation.placement import current_alias, forget_placements, placement_of
from tenants.isolation.transactions import on_commit, platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.rows import make_row

PRIVATE = "private_globex"
every_alias = pytest.mark.django_db(transaction=True, databases=(*EVERY_ROLE, PRIVATE))


@pytest.fixture(scope="module", autouse=True)
def private_alias(django_db_setup: None) -> Iterator[None]:
    """Another alias. It leads to the same database, since only the way there is in question."""
    settings.DATABASES[PRIVATE] = copy.deepcopy(settings.DATABASES["default"])
    yield
    connections[PRIVATE].close()
    del connections[PRIVATE]
    del settings.DATABASES[PRIVATE]


@pytest.fixture
def private(acme: Tenant, globex: Tenant) -> Iterator[str]:
    """GLOBEX has moved there."""
    with platform_transaction():
        Tenant.objects.filter(id=globex.id).update(placement=PRIVATE)
    forget_placements()
    yield PRIVATE
    forget_placements()
    connections[PRIVATE].close()


@every_alias
def test_each_tenant_works_in_its_database(private: str, acme: Tenant, globex: Tenant) -> None:
    """T2: reads, writes, transactions and effects after the commit."""
    effects: list[str] = []
    for tenant, alias in ((acme, "default"), (globex, private)):
        with tenant_transaction(tenant.id):
            assert current_alias() == alias
            assert connections[alias].in_atomic_block
            row = make_row(Role)
            assert row._state.db == alias
            assert Role.objects.all().db == alias
            on_commit(lambda alias=alias: effects.append(alias))  # type: ignore[misc]
    assert effects == ["default", private]
    assert connections[private].connection is not None


@every_alias
def test_the_providers_tables_stay_where_they_are(private: str, globex: Tenant) -> None:
    """T2: the directory is in the control database, whichever tenant asks."""
    with tenant_scope(globex.id):
        assert [router.db_for_read(model) for model in (Tenant, User, AuditEvent)] == ["default", private, private]
    with platform_scope():
        assert {router.db_for_write(model) for model in (Tenant, User, AuditEvent)} == {"platform"}


@every_alias
def test_the_directory_is_asked_once(private: str, globex: Tenant) -> None:
    """T2: placements are remembered, until somebody moves a tenant and says so."""
    assert placement_of(globex.id) == private
    with platform_transaction():
        Tenant.objects.filter(id=globex.id).update(placement="default")
    assert placement_of(globex.id) == private
    forget_placements()
    assert placement_of(globex.id) == "default"


@every_alias
def test_a_placement_that_is_not_configured(private: str, globex: Tenant) -> None:
    """T2: a process without the address finds nothing at the default, rather than somebody else's data."""
    with platform_transaction():
        Tenant.objects.filter(id=globex.id).update(placement="private_elsewhere")
    forget_placements()
    assert placement_of(globex.id) == "default"


@pytest.mark.django_db
def test_without_private_databases_nobody_is_asked(
    globex: Tenant, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """T2: the Public edition does not pay for the Private one."""
    monkeypatch.delitem(settings.DATABASES, PRIVATE)
    forget_placements()
    with django_assert_num_queries(0):
        assert placement_of(globex.id) == "default"


def test_only_the_owner_and_private_databases_are_migrated() -> None:
    """T1: the app role can change no schema."""
    aliases = ("default", "platform", "owner", PRIVATE)
    assert [router.allow_migrate(alias, "accounts") for alias in aliases] == [False, False, True, True]


def test_rows_of_two_tenants_do_not_meet(acme: Tenant, globex: Tenant) -> None:
    """T1: Django asks before it connects two rows; aliases of one database are no reason to refuse."""

    def role(tenant: Tenant, alias: str) -> Model:
        with tenant_scope(tenant.id):
            row = Role()
        row._state.db = alias
        return row

    assert router.allow_relation(role(acme, "default"), role(acme, "platform"))
    assert not router.allow_relation(role(acme, "default"), role(globex, "default"))
