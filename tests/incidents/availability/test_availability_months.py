"""Months with their evidence, years with their incidents, and the page of both (N8)."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connections
from django.test.utils import CaptureQueriesContext

from auditlog.actors import Actor
from auditlog.queries import events
from incidents.availability import services
from incidents.availability.arithmetic import JAPAN
from incidents.availability.models import AvailabilityMonth
from incidents.availability.queries import YearFigures, months, years
from incidents.maintenance.models import Maintenance, MaintenanceState
from incidents.models import Incident, Status
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.models import ProbeInterval
from incidents.monitoring.services import Sample
from incidents.severity import Severity
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

UP, DOWN = ProbeState.UP, ProbeState.DOWN
SEPTEMBER = date(2026, 9, 1)


def jst(month: int, day: int, hour: int = 0, minute: float = 0) -> datetime:
    """A moment of 2026 in Japan."""
    return datetime(2026, month, day, hour, tzinfo=JAPAN) + timedelta(minutes=minute)


@pytest.fixture
def september(provider: Tenant) -> None:
    """Pages that worked from the 11th on but for 3 minutes, and for half an hour of which 20 minutes were announced."""
    told = {probe: [(UP, jst(9, 11), jst(10, 5))] for probe in ("database", "login_page")}
    told["login_page"] = [
        (UP, jst(9, 11), jst(9, 15, 9, 59)),
        (DOWN, jst(9, 15, 10), jst(9, 15, 10, 2)),
        (UP, jst(9, 15, 10, 3), jst(9, 20, 1, 59)),
        (DOWN, jst(9, 20, 2), jst(9, 20, 2, 29)),
        (UP, jst(9, 20, 2, 30), jst(10, 5)),
    ]
    rows = [
        Sample(probe, state, moment)
        for probe, spans in told.items()
        for state, since, until in spans
        for moment in (since, until)
    ]
    with platform_transaction():
        _write(rows)
    _announce(jst(9, 20, 2), jst(9, 20, 2, 20))


def _write(samples: list[Sample]) -> None:
    """Whole spans as rows, in place of a look a minute."""
    pairs = zip(samples[::2], samples[1::2], strict=True)
    ProbeInterval.objects.bulk_create(
        ProbeInterval(probe=first.probe, state=first.state, since=first.at, until=last.at) for first, last in pairs
    )


def _announce(begins: datetime, ends: datetime, **fields: Any) -> None:
    with platform_transaction():
        Maintenance.objects.create(
            title_ja="保守", title_en="", components=["web"], impact_ja="停止", impact_en="", begins_at=begins,
            ends_at=ends, promised_ends_at=ends, state=MaintenanceState.DONE,
            announced_at=begins - timedelta(days=14), started_at=begins, ended_at=jst(9, 20, 2, 30), **fields,
        )  # fmt: skip


def freeze(provider: Tenant, now: datetime) -> list[date]:
    """What the job does then. Its record is of the real day, for which there is a partition."""
    with tenant_scope(provider.id):
        return services.freeze_months(now, actor=Actor.system("availability"))


def frozen() -> list[AvailabilityMonth]:
    """What is written down."""
    with platform_transaction():
        return list(AvailabilityMonth.objects.order_by("month", "component"))


def test_a_month_is_written_down_once_and_for_good(provider: Tenant, september: None) -> None:
    """N8: a day after its end, with its evidence; the announced 20 minutes are no stop, the 10 beyond them are."""
    assert freeze(provider, jst(10, 1, 23, 59)) == []
    assert [freeze(provider, jst(10, 2)) for _time in range(2)] == [[SEPTEMBER], []]
    rows = frozen()
    assert [(row.month, row.component) for row in rows] == [
        (SEPTEMBER, code) for code in ("audit", "backups", "documents", "jobs", "mail", "web")
    ]
    web = rows[-1]
    minutes = [round(part / 60) for part in (web.period, web.excluded, web.unknown, web.down)]
    assert minutes == [30 * 1440, 20, 10 * 1440, 13]
    assert (str(web.percent), str(web.least)) == ("99.954", "66.621")
    assert web.evidence["outages"] == [
        [jst(9, 15, 10).astimezone(UTC).isoformat(), jst(9, 15, 10, 3).astimezone(UTC).isoformat()],
        [jst(9, 20, 2, 20).astimezone(UTC).isoformat(), jst(9, 20, 2, 30).astimezone(UTC).isoformat()],
    ]
    assert rows[0].percent is None  # nobody looked at the store of anchors
    with pytest.raises(DatabaseError, match="permission denied"), platform_transaction():
        AvailabilityMonth.objects.update(down=0)
    with tenant_transaction(provider.id):
        assert events().filter(action="incidents.availability.frozen").count() == 1


def test_short_notice_excludes_nothing(september: None) -> None:
    """N6, N8: maintenance that was announced too late is a stop like any other."""
    with platform_transaction():
        Maintenance.objects.update(short_notice_ja="緊急のため", short_notice_en="Urgent")
    (web,) = [row for row in months(jst(10, 5))[SEPTEMBER] if row.component == "web"]
    assert (web.excluded, round(web.down / 60)) == (0, 33)


def test_incidents_of_a_year() -> None:
    """N8: counted by the Japanese year of detection, merged ones with the other, long ones from a day on, and MTTR."""
    told = [  # detected, began, resolved
        (jst(1, 1), jst(1, 1) - timedelta(hours=1), jst(1, 1, 1), Severity.CRITICAL, Status.CLOSED),
        (jst(3, 1), None, jst(3, 2), Severity.MINOR, Status.RESOLVED),
        (jst(3, 5), None, jst(3, 5, 4), Severity.SERIOUS, Status.MERGED),
        (jst(9, 1), None, None, Severity.SERIOUS, Status.INVESTIGATING),
        (jst(1, 1) - timedelta(seconds=1), None, jst(1, 1), Severity.MODERATE, Status.CLOSED),
    ]
    with platform_transaction():
        for sequence, (detected, began, resolved, severity, status) in enumerate(told, start=1):
            Incident.objects.create(
                year=2026, sequence=sequence, title_ja="障害", severity=severity, status=status,
                detected_at=detected, began_at=began, resolved_at=resolved,
            )  # fmt: skip
    this, last, before = years(jst(9, 1, 12))
    assert this == YearFigures(2026, 3, grave=2, long=1, unresolved=1, mttr=timedelta(hours=13))
    assert last == YearFigures(2025, 1, grave=0, long=0, unresolved=0, mttr=timedelta(seconds=1))
    assert before == YearFigures(2024, 0, grave=0, long=0, unresolved=0, mttr=None)


def test_the_page_says_how_it_counted(cast: Cast, provider: Tenant, september: None) -> None:
    """N8: exclusions and rounding beside the number; CSV in seconds; a year of months asks no more than two."""
    freeze(provider, jst(10, 2))
    with time_machine.travel(jst(10, 5), tick=False):
        client = cast.operator.client()
        page = client.get("/operator/monitoring/availability/?month=2026-09").content.decode()
        assert "99.954 %" in page
        assert "66.621 %" in page
        assert "0:20:00" in page
        assert "never rounded up" in page
        assert "Announced maintenance, left out" in page
        told = client.get("/operator/monitoring/availability.csv").content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(told)))
        assert len(lines) == 1 + 2 * 6
        (web,) = [line for line in lines if line[:2] == ["2026-09", "web"]]
        assert web[2:9] == ["99.954", "66.621", "2592000.0", "1200.0", "2590800.0", "780.0", "2"]
        with CaptureQueriesContext(connections["platform"]) as few:
            client.get("/operator/monitoring/availability/")
        with platform_transaction():
            for row in frozen():
                for month in [date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)]:
                    row.id, row.month = new_id(), month
                    row.save(force_insert=True)
                for number in range(1, 9):
                    row.id, row.month = new_id(), date(2026, number, 1)
                    row.save(force_insert=True)
        with CaptureQueriesContext(connections["platform"]) as many:
            assert "2025-10" in client.get("/operator/monitoring/availability/").content.decode()
        assert len(many) == len(few)
    assert cast.operator.client().get("/operator/monitoring/availability/?month=1999-12").status_code == 404
