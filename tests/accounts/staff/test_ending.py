"""The end of an access: by time, by either side, by what stops the operator or the company, in mid-request (A14)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.menus import OPERATOR
from accounts.models import UserRole
from accounts.sessions import end_sessions
from accounts.staff import grants
from accounts.staff.models import AccessState, EndReason, StaffAccess
from accounts.staff.scopes import Scope
from accounts.users import suspend_user
from auditlog.models import AuditEvent
from documents.counterparties import create_counterparty
from documents.models import Counterparty
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.accounts.staff.conftest import Accesses, Browser, browser_of, inside, stored
from tests.accounts.staff.test_inside import PARTNER, status
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def end(access: StaffAccess, by: Person, reason: EndReason) -> None:
    """Press the button."""
    with tenant_transaction(by.tenant.id):
        grants.end(stored(access), reason=reason, actor=by.actor)


def test_the_time_ends_it(accesses: Accesses, operator: Browser) -> None:
    """A14, ASVS 8.3.2: looked at by every request; nothing has to run for it."""
    access = accesses.entered(operator)
    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        assert status(operator, access) == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        response = operator.client.get(inside(access, "/console/users/"))
        assert response.status_code == 403
        assert "alice" not in response.content.decode()
        assert "Acme" not in response.content.decode()


@pytest.mark.parametrize("reason", [EndReason.COMPANY, EndReason.STAFF])
def test_either_side_ends_it_at_once(cast: Cast, accesses: Accesses, operator: Browser, reason: EndReason) -> None:
    """A14: by a button in the console, or by the operator; afterwards it cannot be entered again."""
    access = accesses.entered(operator)
    end(access, cast.admin if reason == EndReason.COMPANY else cast.operator, reason)
    assert status(operator, access) == 403
    page = reverse("operator:staff_access_enter", args=[access.tenant_id, access.id])
    operator.client.post(page)
    assert status(operator, access) == 403
    assert stored(access).state == AccessState.ENDED


def test_it_ends_with_the_operators_session_account_and_right(
    cast: Cast, accesses: Accesses, operator: Browser
) -> None:
    """A14, ASVS 7.4.2: logged out, without the menu, suspended."""
    access = accesses.entered(operator)
    provider = cast.operator.tenant.id
    with tenant_transaction(provider):
        end_sessions(cast.operator.user, actor=cast.operator.actor)
    assert status(operator, access) == 302

    again = browser_of(cast.operator)
    accesses.enter(access, again)
    with tenant_transaction(provider):
        held = UserRole.objects.get(user=cast.operator.user, role__code=OPERATOR)
        held.delete()
    assert status(again, access) == 404
    with tenant_transaction(provider):
        held.save(force_insert=True)
    assert status(again, access) == 200

    with tenant_transaction(provider):
        suspend_user(cast.operator.user, actor=accesses.second.actor)
    assert status(again, access) == 302


def test_it_ends_with_the_companys_contract(cast: Cast, accesses: Accesses, operator: Browser) -> None:
    """A14, T4: a suspended company is closed to staff as well."""
    access = accesses.entered(operator)
    with platform_transaction():
        Tenant.objects.filter(id=access.tenant_id).update(state=State.SUSPENDED)
    assert status(operator, access) == 403


def during_the_view(monkeypatch: pytest.MonkeyPatch, happening: Callable[[], object]) -> None:
    """Let something happen after a counterparty was written and before the request ends."""

    def slow(**values: Any) -> Counterparty:
        made = create_counterparty(**values)
        happening()
        return made

    monkeypatch.setattr("documents.views.counterparties.counterparties.create_counterparty", slow)


def test_what_was_begun_before_the_time_and_done_after_it_is_undone(
    accesses: Accesses, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A14: expired in mid-request; nothing is kept, nothing shown."""
    access = accesses.entered(operator, scope=Scope.REPAIR)
    with time_machine.travel(timezone.now()) as clock:
        during_the_view(monkeypatch, lambda: clock.shift(timedelta(minutes=31)))
        response = operator.client.post(inside(access, "/documents/counterparties/new/"), PARTNER)
    assert response.status_code == 403
    with tenant_transaction(access.tenant_id):
        assert not Counterparty.objects.exists()
        assert not AuditEvent.objects.filter(action="documents.counterparty.created").exists()
        assert AuditEvent.objects.filter(action="staff.page.opened").count() == 1


@pytest.mark.parametrize("who", ["company", "session"])
def test_an_end_during_a_request_undoes_it(
    cast: Cast, accesses: Accesses, operator: Browser, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """A14: the company ends the access, or the operator's session ends, while the view is at work."""
    access = accesses.entered(operator, scope=Scope.REPAIR)

    def log_out() -> None:
        with tenant_transaction(cast.operator.tenant.id):
            end_sessions(cast.operator.user, actor=cast.operator.actor)

    def stop() -> None:
        by_company = partial(end, access, cast.admin, EndReason.COMPANY)
        assert at_once(by_company if who == "company" else log_out) == [None]  # on a connection of its own

    during_the_view(monkeypatch, stop)
    response = operator.client.post(inside(access, "/documents/counterparties/new/"), PARTNER)
    assert response.status_code == 403
    with tenant_transaction(access.tenant_id):
        assert not Counterparty.objects.exists()
