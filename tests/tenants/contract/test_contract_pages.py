"""Pages of contracts, of the company and of operators (T2, T5, T7, T10)."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from accounts.models import Session
from backups.models import Archive
from backups.models import State as ArchiveState
from tenants.contract.queries import organisation_record
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Edition, State, Tenant
from tenants.plans import PlanCode
from tenants.queries import tenant_by_code
from tests.accounts.reading import actions_of, newest_event, page_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.factories.rows import make_row
from tests.factories.tenants import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

TYPED = {
    "name": "Acme Trading",
    "billing_name": "経理 花子",
    "billing_email": "keiri@acme.example",
    "country": "JP",
    "postal_code": "100-0001",
    "address": "東京都千代田区1-1",
}
ORGANISATION = "/console/contract/organisation/"


def now(tenant: Tenant) -> Tenant:
    """The tenant as it is stored."""
    found = tenant_by_code(tenant.company_code)
    assert found is not None
    return found


def address(cast: Cast, page: str = "") -> str:
    """The operators' page of ACME's contract."""
    return f"/operator/contracts/{cast.admin.tenant.id}/{page}"


def test_a_company_sees_what_was_agreed_and_used(cast: Cast) -> None:
    """T2, T5, T7, T8, T10, R2: every limit with its use, who sets what, the month, and what stays afterwards."""
    page = page_of(cast.admin.client(), "/console/contract/")
    for expected in (
        "ACME",
        "3 of 50 users, 6%",
        "100.0\xa0GB, 0%",
        "500.0\xa0MB",
        "0 of 7 generations",
        "An operator has to approve it",
        'href="/data-location/"',
        "ask your contact person there",
        "Sekisho Service",
        "stays with the provider after the contract has ended",
        "Asia/Tokyo",
        "What the audit log captures",
        "are not complete",
    ):
        assert expected in page, expected
    assert "measure-primary" in page


def test_a_full_plan_is_seen_in_time(cast: Cast) -> None:
    """T7: the bar warns at 80 % and alarms when nothing more fits in."""
    with platform_transaction():
        Tenant.objects.filter(id=cast.admin.tenant.id).update(plan_code=PlanCode.TRIAL, state=State.TRIAL)
    client = cast.admin.client()
    for user_id, text, tone in (("fourth", "4 of 5 users, 80%", "warning"), ("fifth", "5 of 5 users, 100%", "danger")):
        make_person(cast.admin.tenant, user_id)
        page = page_of(client, "/console/contract/")
        assert text in page
        assert f"measure-{tone}" in page


def test_a_company_keeps_its_record_on_its_page(cast: Cast) -> None:
    """T5: and what is wrong stays in the form as it was typed, with a word at its field."""
    client = cast.admin.client()
    wrong = client.post(ORGANISATION, TYPED | {"postal_code": "1000", "billing_phone": "call me"}).content.decode()
    assert "Write it like 100-0001." in wrong
    assert 'value="call me"' in wrong
    assert 'value="経理 花子"' in wrong
    assert organisation_record(cast.admin.tenant).billing_name == ""
    assert 'name="currency"' not in wrong
    assert client.post(ORGANISATION, TYPED | {"currency": "USD"}).status_code == 302
    kept = organisation_record(cast.admin.tenant)
    assert (kept.billing_name, kept.currency) == ("経理 花子", "JPY")
    page = page_of(client, "/console/contract/")
    assert "東京都千代田区1-1" in page
    assert "are not complete" not in page


def test_a_company_chooses_its_month_end(cast: Cast) -> None:
    """T10: and a zone that is none is said at the field."""
    client = cast.admin.client()
    assert "Select a valid choice" in client.post("/console/contract/time-zone/", {"time_zone": "x"}).content.decode()
    assert client.post("/console/contract/time-zone/", {"time_zone": "Pacific/Kiritimati"}).status_code == 302
    assert now(cast.admin.tenant).time_zone == "Pacific/Kiritimati"
    assert now(cast.outsider.tenant).time_zone == "Asia/Tokyo"


def test_operators_keep_the_record_too(cast: Cast) -> None:
    """T5, G10: with the currency; it is an operator's deed in both logs."""
    client = cast.operator.client()
    assert client.post(address(cast, "organisation/"), TYPED | {"currency": "EUR"}).status_code == 302
    assert organisation_record(cast.admin.tenant).currency == "EUR"
    for log in (cast.admin.tenant, cast.operator.tenant):
        event = newest_event(log, "contract.organisation.changed")
        assert (event.actor_kind, event.actor_user_id) == ("operator", "olga")
    assert client.post(address(cast, "time-zone/"), {"time_zone": "UTC"}).status_code == 302
    assert "UTC, where it is" in page_of(client, address(cast))


def test_an_operator_changes_the_plan(cast: Cast) -> None:
    """T7: what stands in the way is shown beforehand, and refused afterwards."""
    client = cast.operator.client()
    page = page_of(client, address(cast, "plan/"))
    assert "begins with a trial and does not go back" in page
    assert page.count("Change to this plan") == 1
    refused = client.post(address(cast, "plan/"), {"plan": "trial"}).content.decode()
    assert "begins with a trial and does not go back" in refused
    assert client.post(address(cast, "plan/"), {"plan": "enterprise"}).status_code == 302
    assert now(cast.admin.tenant).plan_code == PlanCode.ENTERPRISE
    assert "1,000 users" in page_of(client, address(cast))


def test_backups_that_a_smaller_plan_costs_are_counted_beforehand(cast: Cast) -> None:
    """T7, B2: verified generations of this company, beyond those that the plan keeps."""
    with platform_transaction():
        Tenant.objects.update(plan_code=PlanCode.ENTERPRISE)
    for person, verified in ((cast.admin, 9), (cast.outsider, 12)):
        with tenant_transaction(person.tenant.id):
            for number in range(verified + 1):
                state = ArchiveState.VERIFIED if number else ArchiveState.DAMAGED
                make_row(Archive, id=new_id(), place=f"{number}", state=state)
    page = page_of(cast.operator.client(), address(cast, "plan/"))
    assert page.count("generations are removed") == 1
    assert "The 2 oldest generations are removed" in page


def test_an_operator_changes_the_edition(cast: Cast) -> None:
    """T2: the company sets what the edition gives to it from its next click on."""
    client, admin = cast.operator.client(), cast.admin.client()
    assert "Change to Private" in page_of(client, address(cast, "edition/"))
    assert client.post(address(cast, "edition/"), {"edition": "private"}).status_code == 302
    assert now(cast.admin.tenant).edition == Edition.PRIVATE
    assert admin.post("/console/audit/settings/", {"trace_hours": "0"}).status_code == 302
    assert "recording.changed" in " ".join(actions_of(cast.admin.tenant))


def test_a_stale_session_is_asked_who_it_is(cast: Cast) -> None:
    """A11, T2, T7: before plan and edition change; looking is free."""
    client = cast.operator.client()
    with tenant_transaction(cast.operator.tenant.id):
        Session.objects.update(proved_at="2026-01-01T00:00:00Z")
    for page, typed in (("plan/", {"plan": "enterprise"}), ("edition/", {"edition": "private"})):
        assert client.get(address(cast, page)).status_code == 200
        assert "/confirm/" in client.post(address(cast, page), typed)["Location"]
    assert (now(cast.admin.tenant).plan_code, now(cast.admin.tenant).edition) == ("standard", "public")


def test_the_list_asks_no_more_for_more_companies(cast: Cast) -> None:
    """T7: as many questions at thirty companies as at three; found by text, state and plan, page by page."""
    client = cast.operator.client()

    def asked(**query: str) -> tuple[int, str]:
        with CaptureQueriesContext(connections["platform"]) as on_platform:
            page = page_of(client, "/operator/contracts/", **query)
        return len(on_platform), page.split("<main", 1)[1]

    few, page = asked()
    assert "3 of 50 users, 6%" in page
    for number in range(27):
        make_tenant(f"MANY-{number:02}", plan_code=PlanCode.TRIAL, state=State.TRIAL)
    many, page = asked()
    assert many == few
    assert (page.count("<code>"), "MANY-22" in page) == (25, True)
    assert "PROVIDER" in asked(page="2")[1]
    assert asked(q="glob")[1].count("<code>") == 1
    assert asked(plan="trial", state="trial", q="many-1")[1].count("<code>") == 10
    assert "No contract matches" in asked(state="erased")[1]
