"""Menus that are closed for a whole company (T2, A9)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.menus import BY_CODE, CLOSABLE, Audience
from accounts.queries import closed_menus, menus_of
from accounts.roles import create_role, grantable_menus
from auditlog.actors import Actor
from tenants.contract.services import change_closed_menus, change_edition
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Edition
from tests.accounts.reading import changes, newest_event, page_of
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_what_secures_a_company_or_leads_out_of_it_stays_open(cast: Cast, operator: Actor) -> None:
    """T2, R1, A14: the provider cannot close what other requirements promise to every company."""
    assert {BY_CODE[code].audience for code in CLOSABLE} == {Audience.WORKSPACE, Audience.CONSOLE}
    for menu in ("console.users", "console.contract", "console.data_return", "console.staff_access", "console.audit"):
        with pytest.raises(ValidationError, match="cannot be closed"):
            change_closed_menus(cast.admin.tenant.id, closed=[menu], actor=operator)


def test_a_closed_menu_is_nobodys_from_the_next_click_on(cast: Cast, operator: Actor) -> None:
    """T2: whatever roles grant; a neighbour notices nothing, and opened again it is everybody's who had it."""
    admin, neighbour = cast.admin.client(), cast.outsider.client()
    assert admin.get("/console/roles/").status_code == 200
    change_closed_menus(cast.admin.tenant.id, closed=["console.roles", "counterparties"], actor=operator)
    assert admin.get("/console/roles/").status_code == 403
    assert "/console/roles/" not in page_of(admin, "/console/users/")
    assert neighbour.get("/console/roles/").status_code == 200
    with tenant_transaction(cast.admin.tenant.id):
        assert closed_menus() == {"console.roles", "counterparties"}
        assert not {"console.roles", "counterparties"} & {*menus_of(cast.admin.user), *grantable_menus()}
        with pytest.raises(ValidationError) as refused:
            create_role(name="Partners", menus=["counterparties"], actor=cast.admin.actor)
        assert refused.value.code == "menu"
    for log in (cast.admin.tenant, cast.operator.tenant):
        event = newest_event(log, "contract.menus.changed")
        assert changes(event) == ({"closed": []}, {"closed": ["console.roles", "counterparties"]})
    change_closed_menus(cast.admin.tenant.id, closed=[], actor=operator)
    assert admin.get("/console/roles/").status_code == 200


def test_the_edition_says_who_closes_menus(cast: Cast) -> None:
    """T2: the provider in the Public edition, the company's administrators in the Private one; each sees the choice."""
    admin, operator = cast.admin.client(), cast.operator.client()
    own, theirs = "/console/contract/menus/", f"/operator/contracts/{cast.admin.tenant.id}/menus/"
    every = sorted(CLOSABLE - {"console.sessions"})

    def may_set() -> tuple[bool, bool]:
        return tuple(  # type: ignore[return-value]  # two of them
            client.post(page, {"open": every}).status_code == 302 for client, page in ((admin, own), (operator, theirs))
        )

    assert "the provider decides which menus" in page_of(admin, own)
    assert page_of(operator, theirs).count(" checked") == len(CLOSABLE)
    assert may_set() == (False, True)
    assert admin.get("/console/sessions/").status_code == 403
    assert page_of(operator, theirs).count(" checked") == len(every)
    change_edition(cast.admin.tenant.id, edition=Edition.PRIVATE, actor=cast.operator.actor)
    assert "the company itself decides which menus" in page_of(operator, theirs)
    assert may_set() == (True, False)
    assert admin.post(own, {"open": sorted(CLOSABLE)}).status_code == 302
    assert admin.get("/console/sessions/").status_code == 200
