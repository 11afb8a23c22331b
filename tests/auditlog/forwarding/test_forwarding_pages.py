"""Forwarding on the pages of the console and of operators (G2). Who may open them: tests/test_permission_matrix.py."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from auditlog.forwarding.models import Destination, DestinationKind
from auditlog.forwarding.queries import find_destination
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.forwarding.conftest import destine, fresh, run
from tests.auditlog.forwarding.receivers import WebhookReceiver, answer, authority_pem
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

LIST = "/console/audit/forwarding/"


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_webhook_from_the_page_to_the_receiver(client: Client, acme: Tenant, webhook: WebhookReceiver) -> None:
    """G2: add it, see the secret once, test it, see that it delivers."""
    entered = {"name": "SIEM", "address": webhook.url, "authorities": authority_pem(), "kinds": ["login", "rights"]}
    added = text(client.post(LIST + "webhook/", entered))
    (secret,) = re.findall(r'value="(whsec_[^"]+)"', added)
    with tenant_transaction(acme.id):
        destination = Destination.objects.get()
    page = reverse("console:forwarding_destination", args=[destination.id])
    assert secret not in text(client.get(page))
    tested = text(client.post(page + "test/"))
    assert "The test was taken" in tested
    assert "taken" in tested
    webhook.plan = [answer(500, b"<script>alert(1)</script>")]
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        refused = text(client.post(page + "test/"))
    assert "The server answered with an error." in refused
    assert "&lt;script&gt;alert(1)" in refused
    run(destination)
    shown = text(client.get(page))
    assert "Delivers" in shown
    assert "Log-in and log-out, Changes of rights" in shown
    assert "Delivers" in text(client.get(LIST))


def test_a_day_is_chosen_and_mistakes_are_told(client: Client, acme: Tenant) -> None:
    """Bad input: at its field, and nothing is added."""
    for entered, message in (
        ({"name": "SIEM", "address": "http://logs.example.com/"}, "Write it like https://"),
        ({"name": "", "address": "https://logs.example.com/"}, "This field is required."),
        ({"name": "SIEM", "address": "https://x.example/", "authorities": "nonsense"}, "These are no certificates."),
        ({"name": "SIEM", "address": "https://x.example/", "since": "2999-01-01"}, "Choose today or an earlier day."),
        ({"name": "SIEM", "address": "https://x.example/", "kinds": ["all"]}, "Select a valid choice."),
    ):
        assert message in text(client.post(LIST + "webhook/", entered))
    day = timezone.localdate() - timedelta(days=3)
    entered = {"name": "Syslog", "address": "logs.example.com:6514", "since": day.isoformat()}
    assert client.post(LIST + "syslog/", entered).status_code == 302
    with tenant_transaction(acme.id):
        destination = Destination.objects.get()
    assert (destination.kind, timezone.localdate(destination.since)) == (DestinationKind.SYSLOG, day)


def test_change_pause_resume_renew_and_remove(client: Client, acme: Tenant) -> None:
    """Each by its button."""
    destination, secret = destine(acme, "https://logs.example.com/")
    page = reverse("console:forwarding_destination", args=[destination.id])
    client.post(page + "edit/", {"name": "Other", "address": "https://logs.example.com/b", "kinds": ["data"]})
    changed = fresh(destination)
    assert (changed.name, changed.address, changed.kinds) == ("Other", "https://logs.example.com/b", ["data"])
    client.post(page + "pause/")
    assert "Paused" in text(client.get(page))
    client.post(page + "resume/")
    assert fresh(destination).active
    renewed = re.findall(r'value="(whsec_[^"]+)"', text(client.post(page + "secret/")))
    assert len(renewed) == 1
    assert renewed != [secret]
    assert "Remove the destination Other?" in text(client.get(page + "remove/"))
    client.post(page + "remove/")
    with tenant_transaction(acme.id):
        assert find_destination(destination.id) is None


def test_a_syslog_server_has_no_secret(client: Client, acme: Tenant) -> None:
    """Nor a page that renews one."""
    destination, _secret = destine(acme, "logs.example.com", "syslog")
    assert client.post(reverse("console:forwarding_secret", args=[destination.id])).status_code == 404


def test_changing_asks_who_it_is(client: Client, acme: Tenant) -> None:
    """ASVS 7.5.3: an old log-in is not enough to send the log elsewhere."""
    destination, _secret = destine(acme, "https://logs.example.com/")
    page = reverse("console:forwarding_destination", args=[destination.id])
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(page).status_code == 200
        for address in (LIST + "webhook/", page + "edit/", page + "test/", page + "secret/", page + "remove/"):
            response = client.post(address)
            assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("confirm"))


def test_the_other_company_sees_and_changes_nothing(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """T1: equal before and after everything that the outsider tries."""
    destination, _secret = destine(acme, "https://logs.example.com/")
    before = {name: value for name, value in vars(fresh(destination)).items() if name != "_state"}
    outsider = cast.outsider.client()
    assert "The audit log is not forwarded" in text(outsider.get(LIST))
    for name in ("edit", "test", "pause", "resume", "secret", "remove"):
        address = reverse(f"console:forwarding_{name}", args=[destination.id])
        assert outsider.post(address, {"name": "x", "address": "https://evil.example/"}).status_code == 404
    assert outsider.get(reverse("console:forwarding_destination", args=[uuid4()])).status_code == 404
    assert {name: value for name, value in vars(fresh(destination)).items() if name != "_state"} == before


@pytest.mark.parametrize("events", [1, 30])
def test_the_list_asks_as_often_for_few_as_for_many(
    client: Client, acme: Tenant, events: int, django_assert_num_queries: Any
) -> None:
    """Style: a bounded number of queries, two for each of the three destinations there can be."""
    for number in range(3):
        destine(acme, "https://logs.example.com/", name=f"SIEM {number}")
    for _number in range(events):
        write(acme)
    client.get(LIST)
    with django_assert_num_queries(15):
        client.get(LIST)


@pytest.mark.parametrize("rows", [1, 3])
def test_operators_see_health_and_nothing_else(
    cast: Cast, acme: Tenant, globex: Tenant, webhook: WebhookReceiver, rows: int, django_assert_num_queries: Any
) -> None:
    """G2: company code, kind, health; neither addresses nor names."""
    operator = cast.operator.client()
    webhook.usual = answer(503)
    for number in range(rows):
        failing, _secret = destine(acme, webhook.url, name=f"Hidden name {number}")
        run(failing)
    destine(globex, "logs.example.com", "syslog")
    page = "/operator/audit/forwarding/"
    shown = text(operator.get(page))
    for expected in ("ACME", "GLOBEX", "Tries again", "Delivers", "The server answered with an error."):
        assert expected in shown
    for hidden in ("localhost", "logs.example.com", "Hidden name"):
        assert hidden not in shown
    with django_assert_num_queries(3, using="platform"):
        operator.get(page)
