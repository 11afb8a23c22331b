"""The pages of deadlines and of the calendar (N1, N2): operators only, right in both languages, quick when long."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.menus import EDITOR
from accounts.models import User
from auditlog.actors import Actor
from config.attention import waiting_for
from incidents.clock import services
from incidents.clock.editions import edition_in_force
from incidents.clock.models import Deadline
from incidents.clock.queries import used_percent
from incidents.clock.tasks import escalate_deadlines
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import page_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

ACTOR = Actor.system("tests")


def promise(number: int, *, hours: float, tenant: Tenant | None = None, kind: str = "next_update") -> Deadline:
    """Something that is due in so many hours, after a day."""
    now = timezone.now()
    with platform_transaction():
        return services.start_deadline(
            kind,
            about="incident",
            about_id=number,
            started_at=now - timedelta(hours=24),
            due_at=now + timedelta(hours=hours),
            title_ja=f"障害{number}",
            title_en=f"Incident {number}",
            link=f"/operator/incidents/{number}/",
            tenant_id=tenant.id if tenant else None,
            actor=ACTOR,
        )


@pytest.fixture
def page(cast: Cast) -> Any:
    """A page as the operator sees it."""
    client = cast.operator.client()
    return lambda address, **query: page_of(client, address, **query)


def test_what_runs_and_what_was_missed_for_good(page: Any, cast: Cast, acme: Tenant) -> None:
    """N1, N2: time left, lateness, the company; what was missed and then done stays under Missed."""
    promise(1, hours=6, tenant=acme)
    promise(2, hours=-3)
    promise(3, hours=-3)
    promise(4, hours=8)
    with platform_transaction():
        services.meet_deadline("next_update", about_id=3, actor=ACTOR)
        services.meet_deadline("next_update", about_id=4, actor=ACTOR)
    shown = page("/operator/clocks/")
    assert [number for number in range(1, 5) if f"Incident {number}<" in shown] == [1, 2]
    assert shown.index("Incident 2<") < shown.index("Incident 1<")  # what is due first comes first
    assert "Acme Trading" in shown
    assert "59\xa0minutes left" in shown
    assert "overdue by 3\xa0hours" in shown  # before the job has noted it
    missed = page("/operator/clocks/", show="missed")
    assert ("Incident 3<" in missed, "3\xa0hours late" in missed, "Incident 4<" in missed) == (True, True, False)
    escalate_deadlines()
    assert "Incident 2<" in page("/operator/clocks/", show="missed")
    assert "Incident 4<" in page("/operator/clocks/", show="met")
    only = page("/operator/clocks/", company="acme", show="all", kind="next_update")
    assert [number for number in range(1, 5) if f"Incident {number}<" in only] == [1]
    assert "No company has this code" in page("/operator/clocks/", company="nobody")
    with tenant_transaction(cast.operator.tenant.id):
        User.objects.filter(id=cast.operator.user.id).update(language="ja")
    shown = page("/operator/clocks/")
    assert "3時間超過" in page("/operator/clocks/")


def test_the_page_asks_as_often_for_thirty_as_for_one(page: Any, acme: Tenant, globex: Tenant) -> None:
    """Style: the number of queries does not grow with the rows."""
    counts = []
    for more in (1, 29):
        for number in range(more):
            promise(100 * more + number, hours=number + 1, tenant=(acme, globex)[number % 2])
        page("/operator/clocks/")
        with (
            CaptureQueriesContext(connections["platform"]) as platform,
            CaptureQueriesContext(connections["default"]) as default,
        ):
            page("/operator/clocks/")
        counts.append((len(platform), len(default)))
    assert counts[0] == counts[1]


def test_a_new_edition_is_made_and_shown(cast: Cast, page: Any, globex: Tenant) -> None:
    """N1: days off with their names; mistakes are told by line; the earlier edition can be looked up."""
    client = cast.operator.client()
    before = edition_in_force().version
    entered = {"days_off": "2026-08-13 夏季休業\nsoon", "opens": "10:00", "closes": "09:00", "reason": "Summer"}
    assert "Line 2 does not begin with a day" in client.post("/operator/calendar/new/", entered).content.decode()
    entered["days_off"] = "2027-08-12 夏季休業\n\n2027-08-13"
    shown = client.post("/operator/calendar/new/", entered).content.decode()
    assert "The close comes after the opening." in shown
    client.post("/operator/calendar/new/", entered | {"closes": "17:30"})
    edition = edition_in_force()
    assert (edition.version, edition.year_end, f"{edition.closes:%H:%M}") == (before + 1, False, "17:30")
    assert [each["note"] for each in edition.days_off] == ["夏季休業", ""]
    shown = page("/operator/calendar/")
    assert "2027-08-12 夏季休業" in shown
    assert "10:00–17:30" in shown
    assert "夏季休業" not in page(f"/operator/calendar/{before}/")
    assert client.get("/operator/calendar/999/").status_code == 404
    assert 'value="17:30"' in page("/operator/calendar/new/")


def test_deadlines_wait_on_the_start_page_of_those_who_lead_incidents(cast: Cast, provider: Tenant) -> None:
    """N9: with their time; whoever has not the menu sees none."""
    promise(5, hours=1)
    needs = waiting_for({"operator.incidents"}, timezone.now())
    assert [waiting.need.link for waiting in needs if waiting.source.code == "deadlines"] == ["/operator/incidents/5/"]
    helper = make_person(provider, "helga", EDITOR)
    assert helper.client().get("/operator/clocks/").status_code == 403


def test_the_share_of_the_time_follows_the_stages() -> None:
    """N1: by the moments of escalation, so that days off are no progress."""
    begin = datetime(2026, 5, 1, 12, tzinfo=timezone.get_default_timezone())
    hours = [timedelta(hours=number) for number in (0, 10, 50, 60)]
    deadline = Deadline(started_at=begin, half_at=begin + hours[1], most_at=begin + hours[2], due_at=begin + hours[3])
    found = [used_percent(deadline, begin + timedelta(hours=number)) for number in (-1, 0, 5, 10, 30, 50, 55, 60, 99)]
    assert found == [0, 0, 25, 50, 65, 80, 90, 100, 100]
