"""How much was recorded, by day and kind (G2)."""

import html
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.actions import LOGGED_IN, USER_CHANGED
from auditlog.actions import Kind
from auditlog.queries import events
from auditlog.spans import Span
from auditlog.volume import volume_of
from tenants.isolation.transactions import tenant_transaction
from tests.auditlog.conftest import write
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

PAGE = "/console/audit/volume/"
TODAY = date(2026, 12, 3)
NOON = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)


def test_events_are_counted_by_day_of_the_reader_and_by_kind(cast: Cast) -> None:
    """G2, G8: 15:00 in UTC is the next day in Tokyo; days without events are there; another company's are not."""
    for tenant in (cast.admin.tenant, cast.outsider.tenant):
        write(tenant, at=NOON, action=LOGGED_IN)
        write(tenant, at=NOON - timedelta(hours=12, seconds=1), action=LOGGED_IN)
        write(tenant, at=NOON - timedelta(hours=12), action=LOGGED_IN)
        write(tenant, at=NOON - timedelta(days=3), action=USER_CHANGED)
    first = TODAY - timedelta(days=4)
    span = Span(NOON - timedelta(days=4), NOON + timedelta(hours=12))
    with timezone.override("Asia/Tokyo"), tenant_transaction(cast.admin.tenant.id):
        found = volume_of(events(), span, days=(first, TODAY))
    assert found.bars == [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2), TODAY]
    assert found.series == {Kind.LOGIN: [0, 0, 1, 2], Kind.USERS: [1, 0, 0, 0]}
    assert (found.total, found.reached, found.by_month) == (4, None, False)


def test_long_periods_are_counted_by_month(cast: Cast) -> None:
    """G2: a bar for each of hundreds of days would tell nobody anything."""
    write(cast.admin.tenant, at=NOON, action=LOGGED_IN)
    first = TODAY - timedelta(days=100)
    with timezone.override("Asia/Tokyo"), tenant_transaction(cast.admin.tenant.id):
        write(cast.admin.tenant, at=NOON - timedelta(days=9), action=LOGGED_IN)
        found = volume_of(events(), Span(NOON - timedelta(days=100), NOON + timedelta(hours=1)), days=(first, TODAY))
        assert not found.by_month
        assert len(found.bars) == 10


def test_the_chart_comes_after_the_list_and_as_a_page(cast: Cast) -> None:
    """G2: the list does not wait for it; without scripts a link leads to it; numbers stand in a table as well."""
    with time_machine.travel(NOON, tick=False):
        write(cast.admin.tenant, at=NOON, action=LOGGED_IN)
        write(cast.admin.tenant, at=NOON, action=USER_CHANGED)
        client = cast.admin.client()
        listed = client.get("/console/audit/", {"kind": "login"}).content.decode()
        assert f'hx-get="{PAGE}?kind=login"' in listed
        assert f'href="{PAGE}?kind=login"' in listed
        page = client.get(PAGE, {"kind": "login"}).content.decode()
        part = client.get(PAGE, {"kind": "login"}, headers={"HX-Request": "true"}).content.decode()
        nothing = client.get(PAGE, {"outcome": "denied"}).content.decode()
    assert "<html" in page
    assert "<html" not in part
    for text in (page, part):
        data = re.search(r'data-chart="([^"]*)"', text)
        assert data is not None
        plan = json.loads(html.unescape(data[1]))
        assert plan["stacked"] is True
        assert [(each["label"], sum(each["values"])) for each in plan["series"]] == [("Log-in and log-out", 1)]
        assert '<th scope="col" class="numeric">Log-in and log-out</th>' in text
    assert "Nothing was recorded in this period" in nothing
