"""The pages of watching: a company's own findings in full, everybody's in numbers (G9)."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import LOGIN_FAILED
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from auditlog.watching.digests import digest_for
from auditlog.watching.models import FindingState
from auditlog.watching.queries import rule_settings
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import page_of
from tests.accounts.staff.conftest import Accesses, accesses, browser_of, inside, second
from tests.auditlog.watching.conftest import at, look, stored
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

__all__ = ["accesses", "second"]  # fixtures

LIST_QUERIES = 10
PAGE, OPERATORS = "/console/audit/watch/", "/operator/watch/"


def notice(tenant: Tenant, *user_ids: str) -> None:
    """Let something be noticed about each of these."""
    with tenant_transaction(tenant.id), at("192.0.2.1"):
        for user_id in user_ids:
            for _each in range(10):
                record(LOGIN_FAILED, actor=Actor.anyone(user_id), outcome=Outcome.FAILURE)
    look(tenant)


def body(page: str) -> str:
    """The rows of the first table."""
    return page.partition("<tbody")[2].partition("</tbody>")[0]


def test_from_the_list_to_the_event(cast: Cast) -> None:
    """G9: a finding leads to the events behind it; the note is shown."""
    acme, client = cast.admin.tenant, cast.admin.client()
    notice(acme, "erin")
    notice(cast.outsider.tenant, "gina")
    listed = body(page_of(client, PAGE))
    assert "Many failed log-ins of one user" in listed
    assert "gina" not in listed
    own = reverse("console:watch_finding", args=[stored(acme)[0].id])
    assert own in listed
    page = page_of(client, own)
    assert "192.0.2.0/24" in page
    assert page.count("Failed to log in") == 10
    assert client.post(own + "seen/")["Location"] == own
    assert "Noted" in page_of(client, own)
    assert "This field is required" in client.post(own + "explain/", {"note": ""}).content.decode()
    assert client.post(own + "explain/", {"note": "An <old> script"})["Location"] == own
    assert "An &lt;old&gt; script" in page_of(client, own)
    assert stored(acme)[0].state == FindingState.EXPLAINED
    assert client.post(own + "seen/", follow=True).status_code == 200
    assert stored(acme)[0].state == FindingState.EXPLAINED


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ({}, True),
        ({"state": "open"}, True),
        ({"state": "explained"}, False),
        ({"severity": "medium", "rule": "failures.guessing"}, True),
        ({"severity": "high"}, False),
        ({"rule": "nonsense"}, True),
    ],
)
def test_filters(cast: Cast, query: dict[str, str], listed: bool) -> None:
    """G9: by state, severity, rule; nonsense narrows nothing."""
    notice(cast.admin.tenant, "erin")
    assert ("erin" in body(page_of(cast.admin.client(), PAGE, **query))) is listed


def test_a_finding_of_another_company_is_not_there(cast: Cast) -> None:
    """T1: neither to look at nor to decide about."""
    notice(cast.outsider.tenant, "gina")
    theirs = stored(cast.outsider.tenant)[0]
    own = reverse("console:watch_finding", args=[theirs.id])
    client = cast.admin.client()
    assert client.get(own).status_code == 404
    assert client.post(own + "seen/").status_code == 404
    assert client.post(own + "explain/", {"note": "mine"}).status_code == 404
    assert stored(cast.outsider.tenant)[0].state == FindingState.OPEN


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_for_many(cast: Cast, many: int) -> None:
    """Style 7.22: one number of queries."""
    notice(cast.admin.tenant, *(f"user{number}" for number in range(many)))
    client = cast.admin.client()
    with CaptureQueriesContext(connections["default"]) as captured:
        assert client.get(PAGE).status_code == 200
    assert len(captured) == LIST_QUERIES


def test_operators_see_numbers_alone(cast: Cast) -> None:
    """G9, A14: which company, which rule, how often, when; not who."""
    digest_for(timezone.now())
    notice(cast.admin.tenant, "erin", "rob")
    notice(cast.operator.tenant, "olga-own")
    page = page_of(cast.operator.client(), OPERATORS)
    listed = body(page)
    assert "ACME" in listed
    assert "Medium" in listed
    assert "Many failed log-ins of one user" in listed
    assert "erin" not in page
    assert "192.0.2" in page.partition("In our own company")[2]  # the provider's own, in full
    assert "olga-own" in page


def test_setting_a_rule(cast: Cast) -> None:
    """G9: the numbers in force are in the form; the reason is asked for; an unknown rule is absent."""
    client, address = cast.operator.client(), OPERATORS + "rules/failures.guessing/"
    assert 'value="10"' in page_of(client, address)
    wrong = client.post(address, {"enabled": "on", "failures": "0", "minutes": "60", "reason": ""})
    assert wrong.status_code == 200
    sent = {"failures": "20", "minutes": "60", "reason": "Too many false alarms"}
    assert client.post(address, sent)["Location"] == OPERATORS
    page = page_of(client, OPERATORS)
    assert "Switched off" in page
    assert "Too many false alarms" in page
    with tenant_transaction(cast.operator.tenant.id):
        setting = rule_settings()["failures.guessing"]
    assert (setting.enabled, setting.thresholds) == (False, {"failures": 20})
    assert client.get(OPERATORS + "rules/nonsense/").status_code == 404


def test_staff_look_and_do_not_decide(cast: Cast, accesses: Accesses) -> None:
    """A14: who it was is seen by a granted access; what it was, the company says."""
    notice(cast.admin.tenant, "erin")
    operator = browser_of(cast.operator)
    access = accesses.entered(operator)
    own = reverse("console:watch_finding", args=[stored(cast.admin.tenant)[0].id])
    assert "erin" in page_of(operator.client, inside(access, PAGE))
    page = page_of(operator.client, inside(access, own))
    assert "Save the note" not in page
    assert operator.client.post(inside(access, own + "seen/")).status_code == 403
    assert stored(cast.admin.tenant)[0].state == FindingState.OPEN
