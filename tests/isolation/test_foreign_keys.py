"""Foreign keys cannot leave the tenant: PostgreSQL checks them past the policies, so it is part of them (T1)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role, Session, User, UserRole
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.people import make_person
from tests.factories.rows import TENANT_MODELS, make_row, row_id

pytestmark = pytest.mark.django_db

KEYS = [field for model in TENANT_MODELS for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_no_row_points_at_another_tenants_row(key: TenantForeignKey, acme: Tenant, globex: Tenant) -> None:
    """T1: every foreign key of the product, by the ORM and by SQL: the database refuses."""
    model, target = _ends(key)
    with tenant_transaction(globex.id):
        theirs = make_row(target, "theirs")
    with tenant_transaction(acme.id):
        make_row(model, "ours")
        attempts: list[Callable[[], object]] = [lambda: make_row(model, "new", **{key.name: target(id=theirs.id)})]
        if "UPDATE" in model.asset.app_rights:
            attempts += [
                lambda: model.objects.filter(id=row_id(model, "ours")).update(**{key.attname: theirs.id}),
                lambda: _sql(f"UPDATE {model._meta.db_table} SET {key.column} = %s", theirs.id),
            ]
        for attempt in attempts:
            with pytest.raises(IntegrityError, match="foreign key"):
                _checked(attempt)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_row_points_at_one_of_its_own(key: TenantForeignKey, acme: Tenant, globex: Tenant) -> None:
    """T1: although the other tenant has a row of that very key."""
    model, target = _ends(key)
    for tenant in (globex, acme):
        with tenant_transaction(tenant.id):
            row = make_row(model, "row", **{key.name: make_row(target, "target")})
            _checked(row.save if "UPDATE" in model.asset.app_rights else row.refresh_from_db)
            row.refresh_from_db()
            assert getattr(row, key.name).tenant_id == tenant.id


def test_a_foreign_key_betrays_nothing(acme: Tenant, globex: Tenant) -> None:
    """T1: a row that another tenant has and one that nobody has give the same error."""
    with tenant_transaction(globex.id):
        theirs = make_row(Role).id
    with tenant_transaction(acme.id):
        user, messages = make_row(User), []
        for key in (theirs, uuid4()):
            with pytest.raises(IntegrityError) as error:
                _checked(UserRole(user=user, role_id=key).save)
            messages.append(str(error.value).replace(str(key), "…"))
    assert messages[0] == messages[1]


def test_deleting_reaches_the_own_rows_only(acme: Tenant, globex: Tenant) -> None:
    """T1: Django cascades by id; both companies have rows of the same ids."""
    for tenant in (acme, globex):
        with tenant_transaction(tenant.id):
            make_row(Session)
            make_row(UserRole)
    with tenant_transaction(acme.id):
        User.objects.get().delete()
        assert (Session.objects.count(), UserRole.objects.count()) == (0, 0)
    with tenant_transaction(globex.id):
        assert (User.objects.count(), Session.objects.count(), UserRole.objects.count()) == (1, 1, 1)


def test_joins_stay_inside(acme: Tenant, globex: Tenant) -> None:
    """T1: with rows of the same ids on both sides, each join finds the own ones."""
    for tenant, name in ((acme, "Alice"), (globex, "Gina")):
        with tenant_transaction(tenant.id):
            make_row(UserRole)
            User.objects.update(name=name)
    with tenant_transaction(acme.id):
        assert [grant.user.name for grant in UserRole.objects.select_related("user")] == ["Alice"]
        assert [user.name for user in User.objects.prefetch_related("roles").filter(roles__isnull=False)] == ["Alice"]
        assert list(Role.objects.values_list("users__name", flat=True)) == ["Alice"]
        assert list(Role.objects.filter(users__name="Gina")) == []


def test_many_to_many_writes_stay_inside(acme: Tenant, globex: Tenant) -> None:
    """T1: the manager of the relation makes rows of the tenant, and refuses another tenant's."""
    person = make_person(acme, "alice")
    with tenant_transaction(globex.id):
        theirs = make_row(Role, "theirs")
    with tenant_transaction(acme.id):
        person.user.roles.add(make_row(Role))
        assert UserRole.objects.get().tenant_id == acme.id
        with pytest.raises(ValueError, match="Cannot add"):
            person.user.roles.add(theirs)


def _ends(key: TenantForeignKey) -> tuple[type[TenantModel], type[TenantModel]]:
    model, target = key.model, key.related_model
    assert issubclass(model, TenantModel)
    assert issubclass(target, TenantModel)
    return model, target


def _checked(attempt: Callable[[], object]) -> None:
    """The attempt, and the check of foreign keys that otherwise comes with the commit."""
    with transaction.atomic():
        attempt()
        _sql("SET CONSTRAINTS ALL IMMEDIATE")


def _sql(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
