"""Roles and the menus that they grant (A9)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse

from accounts.access import access_of
from accounts.checks import addresses
from accounts.menus import BUILT_IN_ROLES, BY_CODE, MENUS, Audience, by_audience
from accounts.models import Role
from accounts.roles import change_role, create_role, give_roles, grantable_menus, remove_role
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, changes, newest_event
from tests.conftest import Cast
from tests.factories.people import built_in_role

pytestmark = pytest.mark.django_db


def test_operator_menus_exist_for_the_provider_only(cast: Cast) -> None:
    """A9: a tenant cannot grant itself the operation of the service."""
    operator_menus = {menu.code for menu in MENUS if menu.audience is Audience.OPERATOR}
    with tenant_transaction(cast.operator.tenant.id):
        assert operator_menus <= set(grantable_menus())
    with tenant_transaction(cast.admin.tenant.id):
        assert operator_menus.isdisjoint(grantable_menus())
        own = create_role(name="Own", menus=["documents"], actor=cast.admin.actor)
        for menus in (["operator.tenants"], ["documents", "no.such.menu"]):
            with pytest.raises(ValidationError, match="cannot grant"):
                create_role(name="Sly", menus=menus, actor=cast.admin.actor)
            with pytest.raises(ValidationError, match="cannot grant"):
                change_role(own, menus=menus, actor=cast.admin.actor)


@pytest.mark.parametrize("name", ["", "  ", "Editor", "EDITOR", "Accounting", "x" * 61])
def test_a_name_is_needed_and_belongs_to_one_role(cast: Cast, name: str) -> None:
    """D6: one that looks like another would mislead."""
    with tenant_transaction(cast.admin.tenant.id):
        create_role(name="Accounting", menus=["documents"], actor=cast.admin.actor)
        with pytest.raises(ValidationError):
            create_role(name=name, menus=["documents"], actor=cast.admin.actor)
    with tenant_transaction(cast.outsider.tenant.id):
        create_role(name="Accounting", menus=["documents"], actor=cast.outsider.actor)


def test_a_role_grants_something(cast: Cast) -> None:
    """A9: one without menus would be a name for nothing."""
    with tenant_transaction(cast.admin.tenant.id), pytest.raises(ValidationError) as refused:
        create_role(name="Nothing", menus=[], actor=cast.admin.actor)
    assert list(refused.value.message_dict) == ["menus"]


def test_a_change_takes_effect_at_the_next_click(cast: Cast) -> None:
    """A9: changeable at any time; recorded before and after."""
    client = cast.reader.client()
    with tenant_transaction(cast.admin.tenant.id):
        role = create_role(name="Auditing", menus=["documents"], actor=cast.admin.actor)
        give_roles(cast.reader.user, [role], actor=cast.admin.actor)
    assert client.get("/console/audit/").status_code == 403
    with tenant_transaction(cast.admin.tenant.id):
        change_role(role, menus=["console.audit", "documents"], actor=cast.admin.actor)
    assert client.get("/console/audit/").status_code == 200
    assert changes(newest_event(cast.admin.tenant, "accounts.role.changed")) == (
        {"name": "Auditing", "menus": ["documents"]},
        {"name": "Auditing", "menus": ["documents", "console.audit"]},
    )
    with tenant_transaction(cast.admin.tenant.id):
        remove_role(role, actor=cast.admin.actor)
    assert client.get("/console/audit/").status_code == 403
    before, _after = changes(newest_event(cast.admin.tenant, "accounts.role.removed"))
    assert before["users"] == 1


def test_a_built_in_role_cannot_be_broken(cast: Cast) -> None:
    """A9: neither its name nor its menus; what it grants is the product's."""
    role = built_in_role(cast.admin.tenant, "administrator")
    with tenant_transaction(cast.admin.tenant.id):
        with pytest.raises(ValidationError, match="cannot be changed"):
            change_role(role, menus=["documents"], name="Boss", actor=cast.admin.actor)
        with pytest.raises(ValidationError, match="cannot be removed"):
            remove_role(role, actor=cast.admin.actor)
        assert "console.users" in Role.objects.get(code="administrator").menus
    assert actions_of(cast.admin.tenant) == []


def test_every_menu_leads_somewhere_and_guards_something() -> None:
    """A9: the one list of menus is the map of the product."""
    guarded = {access.menu for _address, pattern in addresses() if (access := access_of(pattern.callback))}
    assert guarded - {None} == set(BY_CODE)
    for menu in MENUS:
        if menu.url_name:
            try:
                address = reverse(menu.url_name)
            except NoReverseMatch:  # pragma: no cover - the failure itself
                pytest.fail(f"{menu.code} leads nowhere")
            view = next(pattern for path, pattern in addresses() if f"/{path}" == address)
            access = access_of(view.callback)
            assert access is not None
            assert access.menu == menu.code


def test_built_in_roles_grant_menus_that_exist() -> None:
    """A9: and operator menus stay with the operator."""
    for role in BUILT_IN_ROLES:
        assert set(role.menus) <= set(BY_CODE)
        assert role.provider_only == any(code.startswith("operator.") for code in role.menus)


def test_menus_are_grouped_in_the_order_of_the_map() -> None:
    """A9: for the start page and the form of a role."""
    groups = by_audience({"operator.tenants", "documents", "console.users", "documents.edit"})
    assert [(str(label), [menu.code for menu in menus]) for label, menus in groups] == [
        ("Workspace", ["documents", "documents.edit"]),
        ("Console", ["console.users"]),
        ("Operator", ["operator.tenants"]),
    ]
