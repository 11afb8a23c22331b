"""Deadlines: promised, escalated, met, missed for good, and behind the wall (N1, N2, N4, T1)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, ProgrammingError
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.queries import events
from config.business_hours import ZONE
from incidents.alarms.models import Alarm
from incidents.clock import services
from incidents.clock.editions import DayOff, make_edition
from incidents.clock.models import Deadline, DeadlineState
from incidents.clock.tasks import escalate_deadlines
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("golden_week_log"),
]

ACTOR = Actor.system("tests")
DETECTED = datetime(2026, 5, 1, 17, 50, tzinfo=ZONE)  # the Friday before Golden Week


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """It is the Friday before Golden Week, ten to six."""
    with time_machine.travel(DETECTED, tick=False) as traveller:
        yield traveller


def start(kind: str = "first_notice", **changed: Any) -> Deadline:
    """Promise something about the incident 7."""
    given: dict[str, Any] = {
        "about": "incident",
        "about_id": 7,
        "started_at": DETECTED,
        "title_ja": "INC-2026-0007",
        "title_en": "INC-2026-0007",
        "link": "/operator/incidents/7/",
    }
    return services.start_deadline(kind, actor=ACTOR, **given | changed)


def start_of_platform(kind: str = "first_notice", **changed: Any) -> Deadline:
    """The same as the platform."""
    with platform_transaction():
        return start(kind, **changed)


def stored(**wanted: Any) -> Deadline:
    """The one that fits, as it is now."""
    with platform_transaction():
        return Deadline.objects.get(**wanted)


def told() -> list[str]:
    """The alarms so far, the oldest first."""
    with platform_transaction():
        return list(Alarm.objects.order_by("raised_at", "id").values_list("subject_en", flat=True))


def local(text: str) -> datetime:
    """A moment in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_everything_before_golden_week(provider: Tenant, acme: Tenant) -> None:
    """N1, N2: two hours by the wall, one business day past five days off."""
    due = {kind: start_of_platform(kind).due_at for kind in ("first_notice", "final_report", "review", "ppc_final")}
    due["tenants_told"] = start_of_platform("tenants_told", tenant_id=acme.id).due_at
    due["malice"] = start_of_platform("ppc_final", about_id=8, grade="malicious").due_at
    assert due == {
        "first_notice": local("2026-05-01 19:50"),
        "tenants_told": local("2026-05-07 18:00"),
        "final_report": local("2026-05-13 18:00"),
        "review": local("2026-05-20 18:00"),
        "ppc_final": local("2026-05-31 00:00"),
        "malice": local("2026-06-30 00:00"),
    }
    told_by = stored(kind="tenants_told")
    # 10 minutes of Friday and 8 hours of Thursday: half of that is Thursday morning, and nobody is called on a holiday.
    assert (told_by.half_at, told_by.most_at) == (local("2026-05-07 13:55"), local("2026-05-07 16:22"))
    with pytest.raises(ValueError, match="due_at"):
        start_of_platform("next_update")


def test_operators_are_told_at_50_80_and_100_percent(cast: Cast, clock: Any) -> None:
    """N1: each stage once, however often the job comes; the miss is on record with its time, and so is its end."""
    start_of_platform()
    steps = [(59, 0), (61, 1), (62, 1), (97, 2), (119, 2), (121, 3), (200, 3)]
    for minutes, alarms in steps:
        clock.move_to(DETECTED + timedelta(minutes=minutes))
        for _again in range(2):
            escalate_deadlines()
        assert len(told()) == alarms
    assert told() == [
        "50 % of the time has passed: First notice: INC-2026-0007",
        "80 % of the time has passed: First notice: INC-2026-0007",
        "Deadline missed: First notice: INC-2026-0007",
    ]
    assert "Due: 2026-05-01 19:50 (Japan time)" in mail.outbox[-1].body
    missed = stored()
    assert (missed.state, missed.is_open) == (DeadlineState.MISSED, True)
    assert missed.missed_at == DETECTED + timedelta(minutes=121)
    assert missed.warned["80"] == (DETECTED + timedelta(minutes=97)).astimezone(UTC).isoformat()
    with platform_transaction():
        assert services.meet_deadline("first_notice", about_id=7, actor=ACTOR) == 1
    late = stored()
    assert (late.state, late.met_at, late.missed_at) == (DeadlineState.MISSED, timezone.now(), missed.missed_at)
    with tenant_transaction(cast.operator.tenant.id):
        log = events().filter(action__startswith="incidents.deadline")
        assert [event.action.rpartition(".")[2] for event in log][::-1] == [
            "started", "escalated", "escalated", "missed", "met_late",
        ]  # fmt: skip


def test_when_nobody_looked_the_latest_stage_is_told(cast: Cast, clock: Any) -> None:
    """N1: a worker that was down for a day tells of the miss, and not of what it had missed to say before."""
    start_of_platform()
    clock.shift(timedelta(days=1))
    escalate_deadlines()
    assert told() == ["Deadline missed: First notice: INC-2026-0007"]


def test_what_is_done_in_time_is_left_alone(cast: Cast, clock: Any) -> None:
    """N1: met at the last moment is met; withdrawn needs a reason and no alarm; neither comes back."""
    start_of_platform()
    start_of_platform("review")
    clock.move_to(DETECTED + timedelta(hours=2))
    escalate_deadlines()  # within the grace for what is not committed yet
    with platform_transaction():
        services.meet_deadline("first_notice", about_id=7, at=DETECTED + timedelta(hours=2), actor=ACTOR)
        assert services.withdraw_deadline("review", about_id=7, reason="Merged into 6", actor=ACTOR) == 1
        assert services.meet_deadline("first_notice", about_id=7, actor=ACTOR) == 0
    clock.shift(timedelta(days=30))
    escalate_deadlines()
    assert [subject[:4] for subject in told()] == ["80 %"]
    assert stored(kind="first_notice").state == DeadlineState.MET
    review = stored(kind="review")
    assert (review.state, review.withdrawn_reason) == (DeadlineState.WITHDRAWN, "Merged into 6")


def test_what_is_withdrawn_too_late_was_missed(provider: Tenant, clock: Any) -> None:
    """N1: nobody gets rid of a miss by withdrawing before the job comes."""
    start_of_platform()
    clock.shift(timedelta(hours=2, minutes=1))
    with platform_transaction():
        services.withdraw_deadline("first_notice", about_id=7, reason="No incident", actor=ACTOR)
    assert stored().state == DeadlineState.MISSED


@pytest.mark.parametrize(
    "change",
    [
        {"missed_at": None},
        {"missed_at": DETECTED + timedelta(days=9)},
        {"due_at": DETECTED + timedelta(days=9)},
        {"started_at": DETECTED - timedelta(days=9)},
        {"met_at": None},
        {"met_at": DETECTED},
        {"warned": {}},
        {"title_ja": "別の件"},
        {"calendar_version": 9},
    ],
    ids=lambda change: "-".join(f"{name}-{value is None}" for name, value in change.items()),
)
def test_nobody_can_edit_a_miss(provider: Tenant, acme: Tenant, clock: Any, change: dict[str, Any]) -> None:
    """N1: neither the platform nor the company; the database refuses it, and deleting is nobody's right."""
    start_of_platform(tenant_id=acme.id)
    clock.shift(timedelta(hours=3))
    escalate_deadlines()
    with platform_transaction():
        services.meet_deadline("first_notice", about_id=7, actor=ACTOR)
    before = stored()
    with pytest.raises(IntegrityError), platform_transaction():
        Deadline.objects.update(**change)
    with pytest.raises(IntegrityError), tenant_transaction(acme.id):
        Deadline.objects.update(**change)
    with pytest.raises(ProgrammingError), platform_transaction():
        Deadline.objects.all().delete()
    assert stored().__dict__ | {"_state": None} == before.__dict__ | {"_state": None}


def test_a_company_promises_itself_something_and_sees_nobody_elses(
    cast: Cast, acme: Tenant, globex: Tenant, clock: Any
) -> None:
    """N4, T1: as the app role in its own transaction; the clock runs in business hours by the priority."""
    start_of_platform(about_id="whole service")
    with tenant_transaction(globex.id):
        theirs = start("first_answer", about="inquiry", about_id=1, grade="urgent")
    with tenant_transaction(acme.id):
        ours = start("first_answer", about="inquiry", about_id=1)
        assert start("first_answer", about="inquiry", about_id=1).id == ours.id
        assert list(Deadline.objects.values_list("id", flat=True)) == [ours.id]
        assert services.meet_deadline("first_notice", about_id="whole service", actor=ACTOR) == 0
    assert (ours.tenant_id, ours.due_at) == (acme.id, local("2026-05-07 17:50"))
    assert (theirs.tenant_id, theirs.due_at) == (globex.id, local("2026-05-07 11:50"))
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id):
        start("first_answer", about="inquiry", about_id=2, tenant_id=globex.id)
    with tenant_transaction(acme.id):
        assert services.meet_deadline("first_answer", about_id=1, actor=ACTOR) == 1
    assert stored(id=theirs.id).is_open
    clock.move_to(local("2026-05-07 11:51"))
    escalate_deadlines()
    assert mail.outbox[-1].to == ["olga@provider.example"]
    assert stored(id=theirs.id).state == DeadlineState.MISSED


def test_a_new_edition_leaves_old_promises_alone(provider: Tenant, cast: Cast) -> None:
    """N1: days off count for what is promised from then on; what runs keeps its edition and its time."""
    old = start_of_platform("tenants_told")
    with tenant_scope(provider.id):
        edition = make_edition(
            [DayOff(local("2026-05-07 00:00").date(), "社員研修")], reason="研修", actor=cast.operator.actor
        )
    new = start_of_platform("tenants_told", about_id=8)
    assert (old.due_at, new.due_at) == (local("2026-05-07 18:00"), local("2026-05-08 18:00"))
    assert stored(id=old.id).due_at == old.due_at
    assert (old.calendar_version, new.calendar_version) == (edition.version - 1, edition.version)
    with pytest.raises(ProgrammingError), tenant_transaction(provider.id):
        type(edition).objects.update(closed_days=[])
    with pytest.raises(ProgrammingError), platform_transaction():
        type(edition).objects.update(closed_days=[])
