"""What operators see of a mailing, and what they do with it (N1, N2, N6)."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.menus import READER
from incidents.mailing.models import Audience
from incidents.mailing.queries import numbers_of
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.incidents.mailing.conftest import Start
from tests.mailserver import TAKEN, MailServer

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_who_was_not_reached_comes_first(cast: Cast, server: MailServer, start: Start) -> None:
    """N2: with the answer of the mail server; sent again, it arrives."""
    server.on_recipient = lambda address: "550 5.1.1 no such user" if address.startswith("gina") else TAKEN
    mailing = start()
    operator, address = cast.operator.client(), reverse("operator:mailing", args=[mailing.id])

    page = operator.get(address).content.decode()
    assert page.index("gina@globex.example") < page.index("alice@acme.example")
    assert "550 5.1.1 no such user" in page
    assert "alice@acme.example" not in operator.get(address, {"state": "refused"}).content.decode()
    assert "gina@globex.example" not in operator.get(address, {"search": "ALICE"}).content.decode()

    server.on_recipient = lambda _address: TAKEN
    assert operator.post(reverse("operator:mailing_again", args=[mailing.id]))["location"] == address
    assert numbers_of(mailing.id).sent == 2


def test_a_mailing_is_stopped(cast: Cast, server: MailServer, start: Start) -> None:
    """N7: while the mail server is away; the page says so."""
    server.stop()
    mailing = start()
    operator, address = cast.operator.client(), reverse("operator:mailing", args=[mailing.id])
    assert "Nothing is lost" in operator.get(address, headers={"accept-language": "en"}).content.decode()
    operator.post(reverse("operator:mailing_stop", args=[mailing.id]))
    assert numbers_of(mailing.id).skipped == 2
    assert "Nothing is lost" not in operator.get(address).content.decode()


def test_the_page_asks_as_little_for_many_mails(acme: Tenant, cast: Cast, start: Start) -> None:
    """Style 7.8: the same statements for 1 and for 30 mails."""
    operator, counts = cast.operator.client(), []
    for audience, people in ((Audience.ADMINISTRATORS, 0), (Audience.EVERYBODY, 30)):
        for number in range(people):
            make_person(acme, f"u{number}", READER)
        mailing = start(step=audience, audience=audience, tenant_ids=[acme.id])
        with CaptureQueriesContext(connections["platform"]) as queries:
            operator.get(reverse("operator:mailing", args=[mailing.id]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
