"""Usage is counted by the hour and summed up by the day, for every company its own (T9, T10)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from auditlog.requests.models import RequestEntry
from documents.contents import store_file
from documents.names import clean_place
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.usage.counting import count_hours, sum_up_days
from tenants.usage.forecast import Trend
from tenants.usage.models import UsageDay, UsageHour
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person

TOKYO, HOUR = ZoneInfo("Asia/Tokyo"), timedelta(hours=1)


def requests(tenant: Tenant, at: datetime, *durations: float, status: int = 200) -> None:
    """Requests of a company."""
    with platform_transaction():
        RequestEntry.objects.bulk_create(
            RequestEntry(at=at, tenant_id=tenant.id, method="GET", route="/", status=status, duration_ms=duration)
            for duration in durations
        )


def began(tenant: Tenant, at: datetime, **values: str) -> None:
    """When the company began."""
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(created_at=at, **values)


def hours_of(tenant: Tenant) -> list[tuple[Any, ...]]:
    """What is there, as the company itself sees it."""
    columns = ("users_active", "users_suspended", "documents", "storage", "requests", "errors", "median_ms", "p95_ms")
    with tenant_transaction(tenant.id):
        assert {one.tenant_id for one in UsageHour.objects.all()} <= {tenant.id}
        return [(one.hour, *(getattr(one, name) for name in columns)) for one in UsageHour.objects.order_by("hour")]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_hours_and_those_that_were_missed(acme: Tenant, globex: Tenant, provider: Tenant) -> None:
    """T9: requests of missed hours are counted from the log; stock is known for the newest; nothing is counted twice.

    Of 10, 20, 30 and 40 ms the median is 25 and the 95th percentile 38.5.
    """
    base = timezone.now().replace(minute=0, second=0, microsecond=0)
    began(acme, base - 2 * HOUR + timedelta(minutes=50))
    for tenant in (globex, provider):
        began(tenant, base + timedelta(minutes=1))
    person = make_person(acme, "ann")
    for user_id, state in (("ben", "invited"), ("cid", "suspended")):
        make_person(acme, user_id, state=state)
    with tenant_transaction(acme.id):
        for name in ("a.txt", "b.txt"):
            store_file([b"12345"], place=clean_place(name), folder=None, actor=person.actor)
    requests(acme, base - 2 * HOUR + timedelta(minutes=59), 10, 20, 30)
    requests(acme, base - 2 * HOUR + timedelta(minutes=59), 40, status=500)
    requests(acme, base, 7)
    requests(globex, base + timedelta(minutes=59), 3)
    requests(acme, base + HOUR, 1_000)  # of the hour that goes on
    now = base + HOUR + timedelta(minutes=5)
    assert count_hours(now) == 3 + 1 + 1  # the provider too
    assert count_hours(now) == 0
    assert hours_of(acme) == [
        (base - 2 * HOUR, None, None, None, None, 4, 1, 25.0, 38.5),
        (base - HOUR, None, None, None, None, 0, 0, None, None),
        (base, 2, 1, 2, 10, 1, 0, 7.0, 7.0),
    ]
    assert hours_of(globex) == [(base, 0, 0, 0, 0, 1, 0, 3.0, 3.0)]
    with tenant_transaction(acme.id):
        assert UsageHour.objects.get(hour=base).events == 2
    assert count_hours(now + HOUR) == 3
    assert hours_of(acme)[-1] == (base + HOUR, 2, 1, 2, 10, 1, 0, 1_000.0, 1_000.0)


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_days_are_those_of_the_company(acme: Tenant, globex: Tenant) -> None:
    """T10: 48 hours of Japan are two days there; in Hawaii 19 hours, a day, and 5 hours of one that goes on."""
    first = (timezone.now() - timedelta(days=4)).astimezone(TOKYO).date()
    begin = datetime.combine(first, datetime.min.time(), TOKYO).astimezone(UTC)
    began(globex, begin, time_zone="Pacific/Honolulu")
    with platform_transaction():
        UsageHour.objects.bulk_create(
            UsageHour(tenant_id=tenant.id, hour=begin + number * HOUR, requests=number, events=1,
                      storage=number if number % 24 < 20 else None)
            for tenant in (acme, globex)
            for number in range(48)
        )  # fmt: skip
    requests(acme, begin + 3 * HOUR, 10, 20, 90)
    requests(globex, begin + 3 * HOUR, 5)
    now = begin + 49 * HOUR
    assert sum_up_days(now) == 4
    assert sum_up_days(now) == 0

    def days_of(tenant: Tenant) -> list[tuple[Any, ...]]:
        with platform_transaction():
            found = UsageDay.objects.filter(tenant_id=tenant.id).order_by("day")
            return [(one.day, one.requests, one.events, one.storage, one.median_ms) for one in found]

    # 0 + … + 23 are 276, 24 + … + 47 are 852; 0 + … + 18 are 171, 19 + … + 42 are 732.
    assert days_of(acme) == [(first, 276, 24, 19, 20.0), (first + timedelta(days=1), 852, 24, 43, None)]
    assert days_of(globex) == [(first - timedelta(days=1), 171, 19, 18, 5.0), (first, 732, 24, 42, None)]


@pytest.mark.parametrize(
    ("now", "before", "growth", "full_on"),
    [
        (60, 30, 30, "2026-12-31"),  # 40 more at one a day
        (61, 30, 31, "2026-12-29"),  # 39 at 31 in 30 days: 37.7 days
        (100, 30, 70, "2026-11-21"),  # full
        (30, 30, 0, None),
        (20, 30, -10, None),
        (31, 30, 1, None),  # in 2070 days, which is too far ahead
        (50, None, None, None),
    ],
)
def test_when_a_plan_is_full(now: int, before: int | None, growth: int | None, full_on: str | None) -> None:
    """T9: at the growth of the last days, of 100 that are allowed."""
    trend = Trend(date(2026, 11, 21), now, date(2026, 10, 22), before, 100)
    assert (trend.growth, trend.full_on) == (growth, date.fromisoformat(full_on) if full_on else None)
