"""Staff access: the people, and an access in every state."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.menus import ADMINISTRATOR, OPERATOR
from accounts.models import Session
from accounts.staff import decisions, grants
from accounts.staff.models import StaffAccess
from accounts.staff.requests import ask
from accounts.staff.scopes import Scope
from tenants.isolation.directory import resolve_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import Cast
from tests.factories.people import Person, make_person

PURPOSE = "A file of the board cannot be opened"


def inside(access: StaffAccess, rest: str = "/") -> str:
    """An address of the company's pages under the access."""
    return f"/staff/{access.tenant_id.hex}.{access.id.hex}{rest}"


@dataclass
class Browser:
    """An operator's browser, with the key of the session in it."""

    person: Person
    client: Client
    session: Session


def browser_of(person: Person) -> Browser:
    """A browser in which the person has just logged in."""
    client = person.client()
    secret = BearerSecret.parse(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert secret is not None
    with tenant_transaction(person.tenant.id):
        return Browser(person, client, Session.objects.select_related("user").get(token_hash=secret.hash))


@dataclass
class Accesses:
    """Makes accesses by the services."""

    cast: Cast
    second: Person

    def asked(self, **wish: Any) -> StaffAccess:
        """A request of the operator to ACME."""
        operator: Person = wish.pop("by", self.cast.operator)
        company = wish.pop("company", "ACME")
        values: dict[str, Any] = {
            "purpose": PURPOSE,
            "ticket": "INQ-7",
            "scope": Scope.READ,
            "minutes": 30,
            "emergency": False,
        } | wish
        with tenant_transaction(operator.tenant.id):
            return ask(resolve_company(company), operator=operator.user, actor=operator.actor, **values)

    def granted(self, **wish: Any) -> StaffAccess:
        """The same, approved by the company's administrator."""
        approver: Person = wish.pop("approver", self.cast.admin)
        access = self.asked(**wish)
        with tenant_transaction(access.tenant_id):
            decisions.approve(access, minutes=access.minutes, word="", approver=approver.user, actor=approver.actor)
        return access

    def entered(self, browser: Browser, **wish: Any) -> StaffAccess:
        """The same, entered in that browser."""
        access = self.granted(by=browser.person, **wish)
        self.enter(access, browser)
        return access

    def enter(self, access: StaffAccess, browser: Browser) -> None:
        """Press the button."""
        person = browser.person
        with tenant_transaction(person.tenant.id):
            grants.enter(access, operator=person.user, session=browser.session, actor=person.actor)


@pytest.fixture
def second(provider: Tenant) -> Person:
    """Another operator."""
    return make_person(provider, "otto", ADMINISTRATOR, OPERATOR)


@pytest.fixture
def accesses(cast: Cast, second: Person) -> Accesses:
    """Makes accesses."""
    return Accesses(cast, second)


@pytest.fixture
def operator(cast: Cast) -> Browser:
    """The browser of the operator who asks."""
    return browser_of(cast.operator)


def stored(access: StaffAccess) -> StaffAccess:
    """The row as it is now."""
    with tenant_transaction(access.tenant_id):
        return StaffAccess.objects.get(id=access.id)
