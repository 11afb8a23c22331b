"""People with passkeys, at an address that has a name."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import translation
from pytest_django import Settings

from accounts.models import Session
from accounts.passkeys import ceremonies, keeping, proving
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.models import Passkey
from accounts.sessions import start_session
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.factories.people import Person
from tests.passkeys.authenticator import Device


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    """Browsers bind passkeys to a host name."""
    settings.PUBLIC_URL = "https://sekisho.example"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Complaints of services are compared in English."""
    with translation.override("en"):
        yield


@dataclass
class Owner:
    """Somebody with a passkey in a device."""

    person: Person
    device: Device
    passkey: Passkey

    def prove(self, purpose: Purpose = Purpose.FACTOR, **changes: object) -> None:
        """Prove it in one go, with what an attacker would change."""
        with tenant_transaction(self.person.tenant.id):
            begun = proving.begin(self.person.user, purpose)
        self.answer(begun, purpose, **changes)

    def answer(self, begun: keeping.Begun, purpose: Purpose = Purpose.FACTOR, **changes: object) -> None:
        """Answer a challenge."""
        answer = ceremonies.read_answer(self.device.sign(begun.options, **changes))
        with tenant_transaction(self.person.tenant.id):
            proving.prove(answer, purpose, token=begun.token, user=self.person.user)


def session_of(person: Person) -> Session:
    """A session in which the person has just proved who they are."""
    with tenant_transaction(person.tenant.id):
        return Session.objects.get(token_hash=start_session(person.user).hash)


def give_passkey(person: Person, device: Device | None = None, name: str = "") -> Owner:
    """Register a passkey for a person, as the pages do it; the session in which that was done is over."""
    device, session = device or Device(), session_of(person)
    with tenant_transaction(person.tenant.id):
        begun = keeping.begin(person.user)
        kept = keeping.finish(session, answer=device.register(begun.options), token=begun.token, name=name)
        Session.objects.all().delete()
    return Owner(person, device, kept.passkey)


@pytest.fixture
def alice(cast: Cast) -> Owner:
    """The administrator of ACME with a passkey."""
    return give_passkey(cast.admin)
