"""Whose turn it is (B5): every company is drilled within 30 days, whatever is wrong with some of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from auditlog.models import AuditEvent
from backups.drills import tasks
from backups.drills.models import Drill
from backups.drills.queries import PERIOD, Standing, drills_needing_attention, overdue_companies
from backups.drills.rota import chosen, companies_due
from backups.models import Archive
from config.schedule import SCHEDULE
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE
from tests.factories.drills import make_drill
from vault.errors import StoreUnavailable

database = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

# 05:00 in Japan.
MORNING = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def standing(number: int, last: datetime | None = None, *, sound: bool = True, drillable: bool = True) -> Standing:
    """A company that was drilled then, made a year ago."""
    tenant = Tenant(company_code=f"C{number:03}", created_at=MORNING - timedelta(days=365))
    drill = Drill(started_at=last, sound=sound) if last else None
    return Standing(tenant, drill, last if sound else None, drillable)


def test_nobody_waits_longer_than_promised() -> None:
    """B5: 100 companies for 90 days, of which every seventh has no drills at all."""
    drilled = {number: MORNING - timedelta(days=number % 25, hours=1) for number in range(100)}
    longest = timedelta()
    for day in range(90):
        now = MORNING + timedelta(days=day)
        if day % 7 == 6:
            continue
        today = chosen([standing(number, at) for number, at in drilled.items()], now)
        assert len(today) <= 8
        for each in today:
            number = int(each.tenant.company_code[1:])
            longest = max(longest, now - drilled[number])
            drilled[number] = now
    assert timedelta(days=24) < longest <= PERIOD


def test_the_order_of_a_day() -> None:
    """B5: overdue and failed ones all, the oldest first; then as many of the others as a round needs."""

    def ago(days: int) -> datetime:
        return MORNING - timedelta(days=days)

    everybody = [
        standing(1, ago(5)), standing(2, ago(20)), standing(3, ago(40)), standing(4, ago(2), sound=False),
        standing(5), standing(6, ago(60), drillable=False),
    ]  # fmt: skip
    assert [each.tenant.company_code for each in chosen(everybody, MORNING)] == ["C005", "C003", "C004", "C002"]
    again = [*everybody[:1], standing(2, MORNING), standing(3, MORNING), standing(4, MORNING), standing(5, MORNING)]
    assert chosen(again, MORNING + timedelta(hours=1)) == []


def test_the_hour_of_the_rota() -> None:
    """B5: 05:00 in Japan, after the nightly run."""
    schedule: Any = SCHEDULE["drill-restores"]["schedule"]
    assert (schedule.hour, schedule.minute) == ({5}, {0})


@database
def test_once_a_day_and_on_record(verified: Archive, globex: Tenant, provider: Tenant) -> None:
    """B5: a company without a verified backup is not drilled but overdue in time; the task may come twice."""
    tasks.drill_due()
    tasks.drill_due()
    with platform_transaction():
        assert [drill.tenant_id for drill in Drill.objects.all()] == [verified.tenant_id]
    with tenant_transaction(verified.tenant_id):
        assert AuditEvent.objects.filter(action="backups.drill.passed").count() == 1
    later = datetime.now(UTC) + timedelta(days=31)
    assert companies_due() == []
    assert {each.tenant.id for each in overdue_companies(later)} == {verified.tenant_id, globex.id, provider.id}


@database
def test_the_time_of_a_day_is_limited(verified: Archive) -> None:
    """B5: what has not begun by then waits for tomorrow."""
    with tenant_scope(verified.tenant_id):
        tasks.drill_in_turn((datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    with platform_transaction():
        assert not Drill.objects.exists()


@database
def test_no_server_no_drill(verified: Archive, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """B5: it is said what to set; nothing is drilled."""
    settings.DATABASE_SCRATCH_URL = ""
    tasks.drill_due()
    assert "DATABASE_SCRATCH_URL" in caplog.text
    with platform_transaction():
        assert not Drill.objects.exists()


@database
def test_a_store_that_is_away_proves_nothing(verified: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """B5: no drill is kept, the task comes again."""

    def away(*_args: Any, **_kwargs: Any) -> Any:
        raise StoreUnavailable("the store", "away")

    monkeypatch.setattr("backups.drills.rehearsing.read_manifest", away)
    with tenant_scope(verified.tenant_id), pytest.raises(StoreUnavailable):
        tasks.drill_now()
    with platform_transaction():
        assert not Drill.objects.exists()


@database
def test_what_operators_must_know_of(acme: Tenant, globex: Tenant, provider: Tenant) -> None:
    """B5: a failed last drill, or none for 30 days; a sound one ends both, and who has left is not asked about."""
    with platform_transaction():
        Tenant.objects.update(created_at=MORNING - timedelta(days=31))
        Tenant.objects.filter(id=provider.id).update(state=State.SUSPENDED)
    make_drill(acme, MORNING - timedelta(days=2), sound=False, cause="files", error="broken")
    make_drill(globex, MORNING - timedelta(days=30, hours=1))

    def told() -> list[str]:
        return [each.tenant.company_code for each in drills_needing_attention(MORNING)]

    assert told() == ["ACME", "GLOBEX"]
    make_drill(acme, MORNING - timedelta(days=1))
    make_drill(globex, MORNING - timedelta(days=1))
    with time_machine.travel(MORNING, tick=False):
        assert (told(), overdue_companies()) == ([], [])
