"""Maintenance: announced in time or with a reason, and recorded as it went (N6, N8)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from auditlog.models import AuditEvent
from config.business_hours import ZONE, default_calendar
from incidents.clock.models import Deadline
from incidents.maintenance import services
from incidents.maintenance.models import Maintenance, MaintenanceState
from incidents.maintenance.plan import Plan, is_in_time, latest_announcement
from incidents.maintenance.queries import PlannedStop, find_maintenance, maintenance_between, planned_stops
from incidents.notices.models import Notice
from incidents.notices.queries import notices_for, public_notices
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

NOW = timezone.now().replace(microsecond=0)
HOUR = timedelta(hours=1)
IN_TIME = default_calendar().end_of_business_day(NOW, 6) - 9 * HOUR  # five whole business days lie between
LATE = default_calendar().end_of_business_day(NOW, 5) + HOUR
REASON = ("脆弱性への緊急対応のため", "An urgent fix of a vulnerability")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The time stands still, for the days are counted from it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def a_plan(begins_at: datetime = IN_TIME, **fields: object) -> Plan:
    given: dict[str, object] = {
        "title_ja": "データベースの更新",
        "title_en": "Update of the database",
        "components": ["web", "documents"],
        "impact_ja": "ログインできません。",
        "impact_en": "Nobody can log in.",
        "begins_at": begins_at,
        "ends_at": begins_at + 2 * HOUR,
    }
    return Plan(**(given | fields))  # type: ignore[arg-type]


@pytest.fixture
def announced(cast: Cast) -> Maintenance:
    """Maintenance of which companies know, in time."""
    planned = services.plan_maintenance(a_plan(), actor=cast.operator.actor)
    return services.announce_maintenance(planned, actor=cast.operator.actor)


def promises() -> list[tuple[bool, bool, bool]]:
    """Of each deadline, whether it was met, missed, withdrawn."""
    with platform_transaction():
        deadlines = Deadline.objects.filter(kind="maintenance_announced").order_by("started_at", "id")
        return [(bool(one.met_at), bool(one.missed_at), bool(one.withdrawn_at)) for one in deadlines]


def told(tenant: Tenant) -> list[Notice]:
    return notices_for(tenant.id)


@pytest.mark.parametrize(
    ("announced_at", "begins", "right"),
    [
        ("2026-09-11T23:59", "2026-09-19T00:00", True),  # 14 to 18 September lie between
        ("2026-09-14T00:01", "2026-09-19T00:00", False),
        ("2026-09-16T09:00", "2026-09-26T01:00", False),  # 19 to 23 September are a weekend and holidays
        ("2026-09-15T18:30", "2026-09-28T01:00", True),
        ("2026-12-24T12:00", "2027-01-06T23:00", False),  # offices close from 29 December to 3 January
        ("2026-12-24T12:00", "2027-01-07T00:00", True),
    ],
)
def test_five_whole_business_days_lie_between(announced_at: str, begins: str, right: bool) -> None:
    """N6: dates by hand, over a weekend, the holidays of September, and the turn of the year."""
    moments = [datetime.fromisoformat(moment).replace(tzinfo=ZONE) for moment in (announced_at, begins)]
    assert is_in_time(*moments) is right
    assert (moments[0] <= latest_announcement(moments[1])) is right


def test_it_is_announced_to_everybody_in_time(cast: Cast, provider: Tenant, announced: Maintenance) -> None:
    """N6: in both languages, in public as in the product, once; until then companies know nothing of it."""
    services.plan_maintenance(a_plan(title_ja="まだ内緒"), actor=cast.operator.actor)
    (notice,) = told(cast.admin.tenant)
    assert [one.id for one in told(cast.outsider.tenant)] == [one.id for one in public_notices()] == [notice.id]
    assert (notice.title_ja, notice.title_en) == (
        "メンテナンスのお知らせ：データベースの更新",
        "Maintenance: Update of the database",
    )
    assert notice.body_en.startswith("Nobody can log in.\n\nWhen: ")
    assert "対象：ログイン・画面、文書" in notice.body_ja
    assert (notice.takes_effect_at, notice.short_notice_ja) == (IN_TIME, "")
    with pytest.raises(ValidationError, match="cannot be done any more"):
        services.announce_maintenance(announced, actor=cast.operator.actor)
    assert [one.id for one in maintenance_between(IN_TIME, IN_TIME + HOUR)] == [announced.id]
    assert maintenance_between(IN_TIME + 2 * HOUR, IN_TIME + 3 * HOUR) == []
    with tenant_transaction(provider.id):
        log = AuditEvent.objects.filter(action__startswith="maintenance.").order_by("id")
        assert [event.action for event in log] == [
            "maintenance.planned",
            "maintenance.announced",
            "maintenance.planned",
        ]


def test_short_notice_needs_a_reason_that_companies_read(cast: Cast) -> None:
    """N6, N8: refused without; with one it is announced as short notice, and counts as a stop."""
    late = services.plan_maintenance(a_plan(LATE), actor=cast.operator.actor)
    with pytest.raises(ValidationError, match="promised 5 whole business days"):
        services.announce_maintenance(late, actor=cast.operator.actor)
    assert told(cast.admin.tenant) == []
    explained = a_plan(LATE, short_notice_ja=REASON[0], short_notice_en=REASON[1])
    services.announce_maintenance(
        services.revise_maintenance(late, explained, actor=cast.operator.actor), actor=cast.operator.actor
    )
    (notice,) = told(cast.admin.tenant)
    assert notice.short_notice == REASON[1]
    assert promises() == [(True, True, False)]
    assert planned_stops("web", NOW, LATE + 9 * HOUR) == []
    needless = services.plan_maintenance(a_plan(short_notice_ja=REASON[0]), actor=cast.operator.actor)
    assert services.announce_maintenance(needless, actor=cast.operator.actor).short_notice == ""


def test_it_is_recorded_as_it_went(cast: Cast, announced: Maintenance, clock: time_machine.Traveller) -> None:
    """N6, N8: begun late, prolonged on the day, ended: what was promised counts as planned, as far as it was needed."""
    assert planned_stops("web", NOW, IN_TIME + 9 * HOUR) == [PlannedStop(IN_TIME, IN_TIME + 2 * HOUR)]
    assert planned_stops("mail", NOW, IN_TIME + 9 * HOUR) == []
    clock.move_to(IN_TIME + timedelta(minutes=10))
    services.start_maintenance(announced, actor=cast.operator.actor)
    clock.shift(HOUR)
    services.prolong_maintenance(announced, ends_at=IN_TIME + 3 * HOUR, reason=REASON, actor=cast.operator.actor)
    clock.move_to(IN_TIME + timedelta(hours=2, minutes=30))
    services.end_maintenance(announced, actor=cast.operator.actor)
    found = find_maintenance(announced.id)
    assert found is not None
    assert (found.state, found.started_at, found.ended_at, found.ends_at) == (
        MaintenanceState.DONE,
        IN_TIME + timedelta(minutes=10),
        IN_TIME + timedelta(hours=2, minutes=30),
        IN_TIME + 3 * HOUR,
    )
    assert [(notice.title_en, notice.urgent, notice.mail_to) for notice in told(cast.admin.tenant)] == [
        ("Maintenance done: Update of the database", False, ""),
        ("Maintenance takes longer: Update of the database", True, "contacts"),
        ("Maintenance: Update of the database", False, "contacts"),
    ]
    stop = PlannedStop(IN_TIME + timedelta(minutes=10), IN_TIME + 2 * HOUR)
    assert planned_stops("web", NOW, IN_TIME + 9 * HOUR) == [stop]


def test_what_was_announced_is_cancelled_before_everybody(cast: Cast, announced: Maintenance) -> None:
    """N6, N8: companies are told why; it no longer counts. What was never announced goes without a word."""
    never = services.plan_maintenance(a_plan(), actor=cast.operator.actor)
    services.cancel_maintenance(never, reason=REASON, actor=cast.operator.actor)
    assert sorted(promises()) == [(False, False, True), (True, False, False)]
    with pytest.raises(ValidationError, match="Give the reason"):
        services.cancel_maintenance(announced, reason=("", ""), actor=cast.operator.actor)
    services.cancel_maintenance(announced, reason=REASON, actor=cast.operator.actor)
    newest, _first = told(cast.outsider.tenant)
    assert newest.title_en == "Maintenance cancelled: Update of the database"
    assert newest.body_ja.startswith(REASON[0])
    assert planned_stops("web", NOW, IN_TIME + 9 * HOUR) == []
    with pytest.raises(ValidationError, match="cannot be done any more"):
        services.start_maintenance(announced, actor=cast.operator.actor)


def test_stops_that_touch_are_one(cast: Cast) -> None:
    """N8: whoever sums them up counts no minute twice, and none outside of the time that was asked for."""
    for begins in (IN_TIME, IN_TIME + HOUR, IN_TIME + 5 * HOUR):
        planned = services.plan_maintenance(a_plan(begins), actor=cast.operator.actor)
        services.announce_maintenance(planned, actor=cast.operator.actor)
    half = timedelta(minutes=30)
    assert planned_stops("web", IN_TIME + half, IN_TIME + 6 * HOUR) == [
        PlannedStop(IN_TIME + half, IN_TIME + 3 * HOUR),
        PlannedStop(IN_TIME + 5 * HOUR, IN_TIME + 6 * HOUR),
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title_en": ""}, "title_en"),
        ({"impact_ja": "あ" * 2001}, "impact_ja"),
        ({"components": ["moon"]}, "components"),
        ({"ends_at": IN_TIME}, "ends_at"),
        ({"begins_at": NOW}, "begins_at"),
    ],
)
def test_what_is_no_plan(cast: Cast, fields: dict[str, object], wrong: str) -> None:
    """N6: both languages, known components, a time that lies ahead and ends."""
    with pytest.raises(ValidationError) as refused:
        services.plan_maintenance(a_plan(**fields), actor=cast.operator.actor)  # type: ignore[arg-type]
    assert list(refused.value.message_dict) == [wrong]
