"""The emergency opening: by the provider, with a reason, on record on both sides, over by itself (A4)."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.network.opening import end_opening, open_in_emergency
from accounts.network.queries import current_restriction
from auditlog.actors import Actor
from tenants.isolation.directory import Company, resolve_company
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.network.places import HOME, OFFICE, OFFICE_NETWORK, browser_at, restrict
from tests.accounts.reading import actions_of, newest_event
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

OPENED = "accounts.network.opened"


def company_of(code: str) -> Company:
    """The company of that code."""
    company = resolve_company(code)
    assert company is not None
    return company


def run(*arguments: str) -> str:
    """What `manage.py network` prints."""
    out = StringIO()
    call_command("network", *arguments, stdout=out)
    return out.getvalue()


def test_everybody_gets_in_until_the_time_is_over(cast: Cast) -> None:
    """A4: the same session from outside works, and later does not; nothing has to be switched back."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    client = browser_at(HOME, cast.admin)
    assert client.get("/").status_code == 403
    open_in_emergency(company_of("ACME"), minutes=30, reason="inquiry 12", actor=Actor.command())
    assert client.get("/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=29)):
        assert client.get("/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        assert client.get("/").status_code == 403
    with tenant_transaction(cast.admin.tenant.id):
        assert current_restriction().restricted


def test_both_sides_read_it_and_the_administrators_are_told(cast: Cast) -> None:
    """A4, G10: an operator's deed in the company's own log; nobody else's log, nobody else's mail."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    form = {"company_code": "acme", "minutes": "45", "reason": "inquiry 12, called back"}
    response = cast.operator.client().post("/operator/network/", form)
    assert response["Location"] == "/operator/network/"
    own, provider = (newest_event(tenant, OPENED) for tenant in (cast.admin.tenant, cast.operator.tenant))
    assert (own.actor_kind, own.actor_user_id) == ("operator", "olga")
    assert (provider.actor_user_id, provider.target_label) == ("olga", "ACME")
    assert own.after == provider.after
    assert own.after is not None
    assert (own.after["minutes"], own.after["reason"]) == (45, "inquiry 12, called back")
    assert OPENED not in actions_of(cast.outsider.tenant)
    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert "inquiry 12, called back" in mail.outbox[0].body


def test_the_administrator_ends_it(cast: Cast) -> None:
    """A4: by a button; whoever is outside is out at once, the administrator too."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    open_in_emergency(company_of("ACME"), minutes=30, reason="inquiry 12", actor=Actor.command())
    client = browser_at(HOME, cast.admin)
    assert "inquiry 12" in client.get("/console/network/").content.decode()
    client.post("/console/network/close/")
    assert client.get("/").status_code == 403
    assert actions_of(cast.admin.tenant)[-2:] == ["accounts.network.closed", "accounts.network.refused"]


@pytest.mark.parametrize(("minutes", "reason"), [(4, "x"), (241, "x"), (60, " "), (-60, "x"), (0, "x")], ids=str)
def test_it_is_short_and_has_a_reason(cast: Cast, minutes: int, reason: str) -> None:
    """A4: 5 to 240 minutes."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    with pytest.raises(ValidationError):
        open_in_emergency(company_of("ACME"), minutes=minutes, reason=reason, actor=Actor.command())
    assert OPENED not in actions_of(cast.admin.tenant)


def test_where_nothing_is_restricted_nothing_is_opened(cast: Cast) -> None:
    """A4: and nothing that was never open is ended."""
    with pytest.raises(ValidationError, match="does not restrict"):
        open_in_emergency(company_of("ACME"), minutes=30, reason="x", actor=Actor.command())
    with tenant_transaction(cast.admin.tenant.id), pytest.raises(ValidationError, match="Nothing is open"):
        end_opening(actor=Actor.command())


def test_an_administrator_is_no_operator(cast: Cast) -> None:
    """A4: the page is the provider's."""
    restrict(cast.admin.tenant, "127.0.0.1")
    form = {"company_code": "ACME", "minutes": "45", "reason": "x"}
    assert cast.admin.client().post("/operator/network/", form).status_code == 404
    assert OPENED not in actions_of(cast.admin.tenant)


def test_the_provider_has_a_list_too_and_a_way_back(cast: Cast) -> None:
    """A4: operators are kept out like everybody else; the shell of the server opens their own house, once on record."""
    restrict(cast.operator.tenant, OFFICE_NETWORK)
    client = browser_at(HOME, cast.operator)
    assert client.get("/operator/tenants/").status_code == 403
    assert browser_at(OFFICE, cast.operator).get("/operator/tenants/").status_code == 200
    shown = run("open", "PROVIDER", "--minutes", "5", "--reason", "office line is down")
    assert "Opened in an emergency until" in shown
    assert client.get("/operator/tenants/").status_code == 200
    assert actions_of(cast.operator.tenant).count(OPENED) == 1
    assert newest_event(cast.operator.tenant, OPENED).actor_user_id == "manage.py"
    run("close", "PROVIDER")
    assert client.get("/operator/tenants/").status_code == 403


def test_the_command_shows_the_list(cast: Cast) -> None:
    """A4: for people and for machines; wrong usage ends with an error and changes nothing."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    assert OFFICE_NETWORK in run("show", "acme")
    assert json.loads(run("show", "ACME", "--json")) == {
        "restricted": True,
        "open_until": None,
        "networks": [{"cidr": OFFICE_NETWORK, "name": f"Place {OFFICE_NETWORK}", "note": ""}],
    }
    for wrong in (["show", "NOBODY"], ["close", "ACME"], ["open", "ACME", "--minutes", "999", "--reason", "x"]):
        with pytest.raises(CommandError):
            run(*wrong)
    assert OPENED not in actions_of(cast.admin.tenant)


def test_operators_see_who_restricts_and_nothing_of_the_list(cast: Cast) -> None:
    """A4, T1: whether and until when; not the networks."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    page = cast.operator.client().get("/operator/network/").content.decode()
    assert "ACME" in page
    assert OFFICE_NETWORK not in page
    assert "GLOBEX" not in page
