"""The suite itself: tests see the wall only if they run as the app role on a database that the owner made."""

import pytest
from django.core.management import call_command
from django.db import connections

from accounts.models import User
from accounts.queries import menus_of
from tenants.isolation.roles import APP, OWNER, PLATFORM
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.factories.tenants import make_tenant


@pytest.mark.django_db(databases=EVERY_ROLE)
@pytest.mark.parametrize(("alias", "role"), [("default", APP), ("platform", PLATFORM), ("owner", OWNER)])
def test_each_alias_is_its_role_on_the_test_database(alias: str, role: str) -> None:
    """T1: tests run as the app role, never as the owner."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == (role, connections["owner"].settings_dict["NAME"])
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == (OWNER,)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_what_a_test_commits_is_taken_back_and_the_tenants_stay(acme: Tenant) -> None:
    """A test under `transaction=True` leaves the database as every other test expects it."""
    make_person(acme, "temp", "reader")
    made = make_tenant("TEMP")
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(name="Renamed")

    call_command("flush", interactive=False)

    with platform_transaction():
        assert list(Tenant.objects.values_list("company_code", flat=True)) == ["ACME", "GLOBEX", "PROVIDER"]
        assert Tenant.objects.get(id=acme.id).name == acme.name
        assert not Tenant.objects.filter(id=made.id).exists()
    with tenant_transaction(acme.id):
        assert not User.objects.exists()


@pytest.mark.django_db
def test_the_cast_can_log_in_and_has_its_menus(cast: Cast) -> None:
    """A9: the people of the tests hold the menus that their built-in roles grant."""
    with tenant_transaction(cast.editor.tenant.id):
        assert cast.editor.user.check_password(cast.editor.password)
        assert "documents.edit" in menus_of(cast.editor.user)
        assert "documents.edit" not in menus_of(cast.reader.user)
        assert not User.objects.filter(id=cast.outsider.user.id).exists()
