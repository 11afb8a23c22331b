"""Subscriptions by mail (N1): only who reads the mails of an address subscribes it, changes it and ends it."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.queries import events
from incidents.status import subscribing
from incidents.status.links import digest_of, read_token, subscription_path, token_of, unsubscribe_path
from incidents.status.models import Subscriber
from incidents.status.queries import confirmed_subscribers, inside_provider
from retention.expiry.services import run
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

ADDRESS = "Hanako@Example.com"
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def at_one_moment(provider: Tenant) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def browser(**options: bool) -> Client:
    """A browser in a network of its own, for asking is counted by networks."""
    return Client(REMOTE_ADDR=f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1", **options)  # type: ignore[arg-type]


def ask(client: Client, address: str = ADDRESS, **more: object) -> tuple[int, str, bytes]:
    """What a browser gets back, without what is new in each answer."""
    response = client.post("/status/subscribe/", {"address": address, "language": "en", **more})
    return response.status_code, response.headers.get("Location", ""), response.content


def link_in(number: int = -1) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://\S+", str(mail.outbox[number].body))
    assert found is not None
    return urlsplit(found[0]).path


def subscribers() -> list[Subscriber]:
    with inside_provider():
        return list(Subscriber.objects.all())


def test_only_who_reads_the_mail_subscribes() -> None:
    """N1: nothing is sent before the button behind the link was pressed; looking at the link does nothing."""
    client = browser()
    assert ask(client, components=["mail", "web"])[:2] == (302, "/status/subscribed/")
    assert [message.to for message in mail.outbox] == [["hanako@example.com"]]
    link = link_in()
    assert client.get(link).status_code == 200
    with inside_provider():
        assert confirmed_subscribers(NOW) == []
    assert b"From now on" in client.post(f"{link}confirm/", headers={"Accept-Language": "en"}).content
    with inside_provider():
        (confirmed,) = confirmed_subscribers(NOW)
    assert (confirmed.components, confirmed.confirmed_at) == (["web", "mail"], NOW)
    assert subscribing.address_of(confirmed) == "hanako@example.com"


def test_the_answer_does_not_tell_whether_an_address_is_known() -> None:
    """N1: known, unconfirmed and unknown addresses get the same answer by the same statements."""
    client = browser()
    ask(client, "known@example.com")
    client.post(f"{link_in()}confirm/")
    ask(client, "waiting@example.com")
    answers = [ask(client, f"{who}@example.com") for who in ("known", "waiting", "nobody")]
    assert answers == [answers[0]] * 3


def test_a_stranger_changes_nothing_of_a_subscription() -> None:
    """N1: who only knows an address can have one mail an hour sent there, three times, then one a day."""
    client = browser()
    ask(client)
    client.post(f"{link_in()}confirm/")
    sent = [len(mail.outbox)]
    for minutes in (30, 60, 61, 120, 180, 240, 120 + 24 * 60):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            ask(client, components=["mail"])
        sent.append(len(mail.outbox))
    assert sent == [1, 1, 2, 2, 3, 3, 3, 4]
    assert [(one.components, one.confirmed_at) for one in subscribers()] == [([], NOW)]
    assert "already" in str(mail.outbox[-1].body)


def test_asking_is_throttled() -> None:
    """N1: so many from one network, then they wait, whatever the addresses; others do not wait with them."""
    client = browser()
    assert [ask(client, f"{n}@example.com")[0] for n in range(12)] == [302] * 10 + [429] * 2
    assert len(mail.outbox) == 10
    assert ask(browser())[0] == 302


def test_what_was_chosen_can_be_changed() -> None:
    """N1: by the link in any mail."""
    client = browser()
    ask(client)
    link = link_in()
    client.post(f"{link}confirm/")
    page = client.post(link, {"language": "ja", "components": ["documents"]})
    assert page.status_code == 200
    assert [(one.language, one.components) for one in subscribers()] == [("ja", ["documents"])]


def test_one_click_ends_it_and_forgets_the_address() -> None:
    """N1: as RFC 8058 has it: one POST from elsewhere, without cookies and tokens; a look does nothing."""
    client = browser(enforce_csrf_checks=True)
    subscribing_client = browser()
    ask(subscribing_client)
    (one,) = subscribers()
    path = unsubscribe_path(one.id)
    assert client.get(path).status_code == 200
    assert len(subscribers()) == 1
    for _again in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert subscribers() == []
    assert client.get(subscription_path(one.id)).status_code == 410


def test_forged_links_open_nothing() -> None:
    """N1: a link is signed; one that is not ours says nothing."""
    for token in ("x", "", "0" * 32, f"{'0' * 32}:x", token_of(new_id())[:-1]):
        assert read_token(token) is None, token


def test_addresses_are_not_readable_at_rest() -> None:
    """N1, P1: neither the table nor the log nor what waits in the queue holds an address in clear."""
    ask(browser())
    with inside_provider(), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM status_page_subscriber s")
        (row,) = cursor.fetchone()
        recorded = " ".join(f"{event.target_label} {event.before} {event.after}" for event in events())
    assert "example" not in row.lower() + recorded.lower()
    assert digest_of(ADDRESS) == digest_of(" hanako@example.com ")


def test_who_does_not_confirm_is_forgotten(provider: Tenant) -> None:
    """R6: after seven days; who has confirmed stays."""
    client = browser()
    ask(client, "stays@example.com")
    client.post(f"{link_in()}confirm/")
    ask(client, "goes@example.com")
    kept = digest_of("stays@example.com")
    for days, left in ((6, 2), (8, 1)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False), tenant_scope(provider.id):
            run(actor=Actor.system("expiry"), tenant=provider)
        assert len(subscribers()) == left
    assert [one.address_digest for one in subscribers()] == [kept]
