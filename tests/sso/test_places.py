"""Single sign-on from addresses that the company does not allow, and from new devices (A4, A6, ASVS 6.3.4, 6.3.5)."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.menus import READER
from accounts.models import Session, User
from accounts.network.entries import switch_restriction
from accounts.sso.joining import link
from accounts.sso.models import Joining, UsedAssertion
from accounts.sso.refusals import Reason
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.network.places import HOME, OFFICE, OFFICE_NETWORK, browser_at, restrict
from tests.accounts.reading import newest_event
from tests.conftest import Cast
from tests.factories.people import built_in_role
from tests.sso.conftest import Side

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.system("xmlsec1")]

ALICE = "alice@acme.example"


@pytest.fixture
def linked(cast: Cast, acme_side: Side) -> Cast:
    """Alice is linked to her name at the identity provider, and has been here before."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
        User.objects.filter(id=cast.admin.user.id).update(last_login=timezone.now())
    return cast


def arrive(side: Side, client: Client, person: str = ALICE) -> int:
    """The status of the answer to a good response; 302 is a success."""
    asked = side.start(client)
    return side.post(client, side.response(asked, person=person), asked).status_code


def test_the_identity_provider_does_not_open_the_house_from_outside(linked: Cast, acme_side: Side) -> None:
    """A4: a good response is refused outside, told clearly, on record; inside it works."""
    restrict(acme_side.tenant, OFFICE_NETWORK)
    client = browser_at(HOME)
    asked = acme_side.start(client)
    response = acme_side.post(client, acme_side.response(asked, person=ALICE), asked)
    assert response.status_code == 403
    assert "certain networks only" in response.content.decode()
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    event = newest_event(acme_side.tenant, "accounts.sso.failed")
    assert event.after is not None
    assert (event.ip, event.after["reason"]) == (HOME, Reason.ADDRESS.value)
    with tenant_transaction(acme_side.tenant.id):
        assert not Session.objects.exists()
        assert not UsedAssertion.objects.exists()
    assert arrive(acme_side, browser_at(OFFICE)) == 302


def test_nobody_joins_from_outside(cast: Cast, acme_side: Side) -> None:
    """A4, A6: no account is made for somebody who may not come in."""
    with tenant_transaction(acme_side.tenant.id):
        acme_side.connection.joining = Joining.AUTOMATIC
        acme_side.connection.default_role = built_in_role(acme_side.tenant, READER)
        acme_side.connection.save()
    restrict(acme_side.tenant, OFFICE_NETWORK)
    assert arrive(acme_side, browser_at(HOME), "fresh@acme.example") == 403
    with tenant_transaction(acme_side.tenant.id):
        assert not User.objects.filter(user_id="fresh@acme.example").exists()
        switch_restriction(restricted=False, actor=Actor.command())
    assert arrive(acme_side, browser_at(HOME), "fresh@acme.example") == 302


def test_the_list_of_another_company_is_not_asked(linked: Cast, acme_side: Side) -> None:
    """T1: GLOBEX keeps nobody out of ACME."""
    restrict(linked.outsider.tenant, OFFICE_NETWORK)
    assert arrive(acme_side, browser_at(HOME)) == 302


def test_a_new_device_is_told_after_single_sign_on_too(linked: Cast, acme_side: Side) -> None:
    """ASVS 6.3.5: once; from then on the browser is known, by whichever way."""
    client = browser_at(HOME)
    assert arrive(acme_side, client) == 302
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["alice@acme.example"], "Log-in from a new device")
    ]
    client.post("/logout/")
    assert arrive(acme_side, client) == 302
    assert len(mail.outbox) == 1
