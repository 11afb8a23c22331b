"""Single sign-on and the second factor: one factor, both, or the way to confirm (A5, A6)."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from accounts.policy.services import change_policy
from accounts.sso.joining import link
from accounts.sso.models import Connection
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import newest_event
from tests.conftest import Cast
from tests.factories.people import give_app
from tests.sso.conftest import Side, asked
from tests.sso.test_entering import ALICE, enter

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]


@pytest.fixture
def linked(cast: Cast, acme_side: Side) -> Cast:
    """Alice is linked to her name at the identity provider, and has an authenticator app."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
        give_app(cast.admin.user)
    return cast


def set_policy(side: Side, **values: object) -> None:
    """Change the policy of the company."""
    with tenant_transaction(side.tenant.id):
        change_policy(values, actor=Actor.system("test"))


def test_the_identity_provider_is_one_factor(linked: Cast, acme_side: Side, client: Client) -> None:
    """ASVS 6.8.4: whatever it checked, our own second factor is asked for."""
    asked_for = acme_side.start(client, next="/activity/")
    answer = acme_side.post(client, acme_side.response(asked_for), asked_for)
    assert answer["Location"] == "/login/factor/?next=%2Factivity%2F"
    assert client.get("/").status_code == 302

    assert client.post("/login/factor/totp/", {"code": linked.admin.code()})["Location"] == "/"

    assert newest_event(acme_side.tenant, "accounts.login.succeeded").after == {"method": "sso+totp"}


def test_a_company_may_trust_its_identity_provider(linked: Cast, acme_side: Side, client: Client) -> None:
    """ASVS 6.8.4: only if the policy says so, also where everybody needs a second factor."""
    set_policy(acme_side, sso_suffices=True, factor_required="everyone")
    assert enter(acme_side, client) == ""
    assert client.get("/").status_code == 200
    assert newest_event(acme_side.tenant, "accounts.login.succeeded").after == {"method": "sso"}


def test_the_enrolment_wall_stands_behind_single_sign_on_too(cast: Cast, acme_side: Side, client: Client) -> None:
    """ASVS 6.3.4: no way in is weaker than the others."""
    set_policy(acme_side, factor_required="everyone")
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
    assert enter(acme_side, client) == ""
    assert client.get("/")["Location"] == "/enrol/"


def confirm(side: Side, client: Client, person: str) -> str:
    """Confirm at the identity provider, which is asked for a fresh log-in; the address that follows, if any."""
    sent = asked(client.post("/confirm/sso/?next=/console/roles/new/"))  # type: ignore[arg-type]
    assert sent.force
    answer = side.post(client, side.response(sent, person=person), sent)
    return answer["Location"] if answer.status_code == 302 else ""


def test_those_without_a_password_confirm_there(cast: Cast, acme_side: Side, client: Client) -> None:
    """ASVS 7.5.3, 7.2.4: by a fresh log-in, as the same person, and it counts once."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)
        link(
            cast.reader.user, entity_id=acme_side.provider.entity_id, name_id="rob@acme.example", actor=cast.admin.actor
        )
        Connection.objects.update(enforced=True, break_glass=cast.reader.user)
    assert enter(acme_side, client) == ""
    assert client.post("/console/roles/new/", {"name": "New", "menus": ["documents"]})["Location"].startswith(
        "/confirm/"
    )
    assert b"confirm/sso/" in client.get("/confirm/?next=/console/roles/new/").content
    with tenant_transaction(acme_side.tenant.id):
        assert Session.objects.get(user=cast.admin.user).proved_at is None

    assert confirm(acme_side, client, "rob@acme.example") == ""
    back = confirm(acme_side, client, ALICE)
    assert cast.editor.client().post(back).status_code == 404
    assert client.post(back)["Location"] == "/console/roles/new/"

    assert client.post(back).status_code == 404
    assert client.post("/console/roles/new/", {"name": "New", "menus": ["documents"]})["Location"] == "/console/roles/"
    with tenant_transaction(acme_side.tenant.id):
        proved = Session.objects.get(user=cast.admin.user).proved_at
    assert proved is not None
    assert proved <= timezone.now()
    assert newest_event(acme_side.tenant, "accounts.identity.confirmed").after == {"by": "sso"}
