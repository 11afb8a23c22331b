"""The audit log in the console (G1, G2, G8)."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actions import LOGGED_IN, USER_CHANGED
from accounts.models import User
from accounts.users import change_user, suspend_user
from auditlog.actors import Actor
from auditlog.queries import PAGE_SIZE
from auditlog.services import Target, record
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import newest_event
from tests.auditlog.conftest import SOMEBODY, write
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

PAGE = "/console/audit/"


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def shown(client: Client, **query: str) -> list[str]:
    """The targets in the table, from above."""
    table = client.get(PAGE, query).content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return re.findall(r"\btarget-\w+", table)


def test_the_list_shows_what_happened(cast: Cast, client: Client) -> None:
    """G1: time in the reader's zone with UTC behind it, action, who, target, source, result."""
    at = datetime.now(UTC).replace(microsecond=0)
    write(cast.admin.tenant, at=at, action=LOGGED_IN, label="target-1", outcome="failure")
    page = client.get(PAGE).content.decode()
    tokyo = timezone.localtime(at, timezone.get_fixed_timezone(9 * 60))
    for expected in (f"{at:%Y-%m-%d %H:%M:%S} UTC", f"{tokyo:%H:%M:%S}", "JST", "Logged in", "Erin", "erin", "Failure"):
        assert expected in page


def test_the_list_is_the_companys_own(cast: Cast, client: Client) -> None:
    """T1: with events in both logs."""
    write(cast.admin.tenant, label="target-1")
    write(cast.outsider.tenant, label="target-2")
    assert shown(client) == ["target-1"]
    assert shown(cast.outsider.client()) == ["target-2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["target-anyone", "target-changed", "target-login"]),
        ({"kind": "login"}, ["target-login"]),
        ({"action": "accounts.user.changed"}, ["target-changed"]),
        ({"outcome": "denied"}, ["target-anyone"]),
        ({"user": "ERIN"}, ["target-changed", "target-login"]),
        ({"user": "eri"}, []),
        ({"q": "eri"}, ["target-changed", "target-login"]),
        ({"q": "TARGET-A"}, ["target-anyone"]),
        ({"q": "%"}, []),
        ({"q": "arget"}, []),
        ({"kind": "users", "outcome": "failure"}, []),
        ({"kind": "no-such-kind"}, ["target-anyone", "target-changed", "target-login"]),
        ({"since": "nonsense"}, ["target-anyone", "target-changed", "target-login"]),
        ({"since": "9999-12-31"}, ["target-anyone", "target-changed", "target-login"]),
        ({"until": "0001-01-01"}, ["target-anyone", "target-changed", "target-login"]),
        ({"before": "nonsense"}, ["target-anyone", "target-changed", "target-login"]),
    ],
)
def test_filters_narrow_the_list(cast: Cast, client: Client, query: dict[str, str], found: list[str]) -> None:
    """G2: period, user, kind, action, result, beginning of a user ID or a target; nonsense narrows nothing."""
    now = timezone.now()
    write(cast.admin.tenant, at=now, action=LOGGED_IN, label="target-login")
    write(cast.admin.tenant, at=now + timedelta(seconds=1), action=USER_CHANGED, label="target-changed")
    later = now + timedelta(seconds=2)
    write(cast.admin.tenant, at=later, actor=Actor.anyone("x"), label="target-anyone", outcome="denied")
    assert shown(client, **query) == found


def test_the_period_is_in_days_of_the_readers_zone(cast: Cast, client: Client) -> None:
    """T10: midnight is where the reader is."""
    zone = timezone.get_fixed_timezone(9 * 60)
    today = timezone.localtime(timezone=zone).replace(hour=0, minute=0, second=0, microsecond=0)
    write(cast.admin.tenant, at=today - timedelta(seconds=1), label="target-yesterday")
    write(cast.admin.tenant, at=today, label="target-today")
    day = f"{today:%Y-%m-%d}"
    yesterday = f"{today - timedelta(days=1):%Y-%m-%d}"
    assert shown(client, since=day) == ["target-today"]
    assert shown(client, since=yesterday, until=yesterday) == ["target-yesterday"]
    assert shown(client, since=day, until=yesterday) == []


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    """DESIGN 12: rather than showing nothing."""
    page = client.get(PAGE, {"outcome": "failure"}).content.decode()
    assert "Nothing was recorded in this period" in page
    assert "Choose an earlier beginning, or fewer conditions." in page


def test_older_and_newer_keep_the_filters(cast: Cast, client: Client) -> None:
    """G2: from page to page and back."""
    now = timezone.now()
    for number in range(PAGE_SIZE + 2):
        write(cast.admin.tenant, at=now + timedelta(seconds=number), label=f"target-{number}")
        write(cast.admin.tenant, at=now, label="target-other", actor=Actor.anyone("x"))
    first = client.get(PAGE, {"user": "erin"}).content.decode()
    assert 'rel="prev"' not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = client.get(PAGE + older[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r"target-\w+", second.partition("<tbody")[2]) == ["target-1", "target-0"]
    assert 'rel="next"' not in second
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer is not None
    again = client.get(PAGE + newer[1].replace("&amp;", "&")).content.decode()
    assert "target-51" in again
    assert "target-other" not in again


@pytest.mark.parametrize("events", [1, 30])
def test_the_list_costs_the_same_for_many(
    cast: Cast, client: Client, events: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22: one number of queries."""
    for number in range(events):
        write(cast.admin.tenant, label=f"target-{number}")
    with django_assert_num_queries(13):
        client.get(PAGE)


def test_an_event_shows_everything_that_was_recorded(cast: Cast, client: Client) -> None:
    """G1: with each value before and after, escaped."""
    with tenant_transaction(cast.admin.tenant.id):
        user = User.objects.get(user_id="erin")
        change_user(user, name="<b>Erin</b>", email=user.email, actor=cast.admin.actor)
    event = newest_event(cast.admin.tenant, "accounts.user.changed")
    page = client.get(f"{PAGE}{event.id}/").content.decode()
    for expected in ("<del>Erin</del>", "&lt;b&gt;Erin&lt;/b&gt;", "accounts.user.changed", "Alice", "UTC"):
        assert expected in page
    assert "<b>Erin</b>" not in page


def test_recorded_values_are_shown_in_the_words_of_people(cast: Cast, client: Client) -> None:
    """G1: fields and choices of the target by their names, whatever else was recorded as it is."""
    with tenant_transaction(cast.admin.tenant.id):
        suspend_user(User.objects.get(user_id="erin"), actor=cast.admin.actor)
    event = newest_event(cast.admin.tenant, "accounts.user.suspended")
    page = client.get(f"{PAGE}{event.id}/").content.decode()
    assert re.search(r"<dt>State</dt>\s*<dd>\s*<del>Active</del>.*?Suspended", page, re.DOTALL)
    with tenant_transaction(cast.admin.tenant.id):
        free = record(LOGGED_IN, actor=cast.admin.actor, target=Target("page"), after={"menu": "console.users"})
    page = client.get(f"{PAGE}{free.id}/").content.decode()
    assert re.search(r"<dt>menu</dt>\s*<dd>\s*console.users", page)


def test_an_event_of_another_company_is_not_there(cast: Cast, client: Client) -> None:
    """T1: nor one that never was."""
    foreign = write(cast.outsider.tenant, actor=SOMEBODY)
    for key in (foreign.id, uuid4()):
        assert client.get(f"{PAGE}{key}/").status_code == 404
    assert client.get(f"{PAGE}nonsense/").status_code == 404
