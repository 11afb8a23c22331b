"""What probes saw is kept in few rows, and told as it was (N8, N9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from auditlog.actors import Actor
from auditlog.queries import events
from incidents.monitoring import journal, tasks
from incidents.monitoring.catalogue import PROBES, ProbeState
from incidents.monitoring.models import ProbeInterval
from incidents.monitoring.queries import DayFigures, component_states, daily, heartbeat_age, intervals, newest_looks
from incidents.monitoring.services import Sample, keep
from incidents.monitoring.spans import Span
from incidents.monitoring.store import journal_store
from retention.expiry.services import run
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import current_connection, platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

UP, DOWN, UNKNOWN = ProbeState.UP, ProbeState.DOWN, ProbeState.UNKNOWN
ACTOR = Actor.system("monitoring")
BEGUN = datetime(2026, 4, 30, 8, 50, tzinfo=UTC)  # 17:50 in Japan, the day before Golden Week


def at(minute: float) -> datetime:
    """So many minutes after the beginning."""
    return BEGUN + timedelta(minutes=minute)


def see(provider: Tenant, *samples: Sample) -> int:
    """Keep them; returns how many rows began."""
    with tenant_scope(provider.id):
        return len(keep(samples, actor=ACTOR))


def rows() -> list[tuple[str, str, datetime, datetime, int]]:
    """Everything that is kept."""
    with platform_transaction():
        found = ProbeInterval.objects.order_by("place", "probe", "since")
        return [(one.probe, one.state, one.since, one.until, one.samples) for one in found]


def test_one_state_is_one_row_however_long_it_lasts(provider: Tenant) -> None:
    """N9: two changes in an hour of looks are three rows; the log of the provider has the two changes."""
    for minute in range(60):
        state = DOWN if 20 <= minute < 25 else UP
        see(provider, Sample("store", state, at(minute), 0.1 * minute, f"look {minute}"))
    assert rows() == [
        ("store", "up", at(0), at(19), 20),
        ("store", "down", at(20), at(24), 5),
        ("store", "up", at(25), at(59), 35),
    ]
    (newest,) = newest_looks(at(60))
    assert (newest.state, newest.since, newest.detail) == (UP, at(25), "look 59")
    assert newest.value == pytest.approx(5.9)
    with tenant_transaction(provider.id):
        told = [(event.action, event.outcome) for event in events().filter(action__startswith="incidents.probe")]
    assert told == [("incidents.probe.recovered", "success"), ("incidents.probe.failed", "failure")]


def test_a_look_counts_once_and_a_gap_begins_a_row(provider: Tenant) -> None:
    """N8: delivered twice or late it changes nothing; after more than three minutes nobody claims what was between."""
    look = Sample("store", UP, at(5))
    assert see(provider, look) == 1
    assert see(provider, look) == 0
    assert see(provider, Sample("store", DOWN, at(4))) == 0
    assert see(provider, Sample("store", UP, at(8))) == 0
    assert see(provider, Sample("store", UP, at(12))) == 1
    assert see(provider, Sample("store", UP, at(1), place="osaka")) == 1
    assert rows() == [
        ("store", "up", at(5), at(8), 2),
        ("store", "up", at(12), at(12), 1),
        ("store", "up", at(1), at(1), 1),
    ]


def test_components_stand_as_badly_as_what_they_need(provider: Tenant) -> None:
    """N8, N9: every probe in order is up; a silent worker takes jobs and mail down; what nobody saw is unknown."""
    see(provider, *(Sample(probe.code, UP, at(0)) for probe in PROBES))
    assert set(component_states(at(1)).values()) == {UP}
    assert heartbeat_age(at(2)) == timedelta(minutes=2)
    see(provider, *(Sample(probe.code, UP, at(2)) for probe in PROBES if probe.code not in {"worker", "store"}))
    assert component_states(at(4)) == {
        "web": UP, "documents": UNKNOWN, "mail": DOWN, "jobs": DOWN, "audit": UP, "backups": UP
    }  # fmt: skip
    see(provider, Sample("store", DOWN, at(4), place="osaka"))
    assert component_states(at(4))["documents"] == DOWN


def test_a_period_has_no_holes_and_days_are_japanese(provider: Tenant) -> None:
    """N8: what was down is down to the second, midnight is Tokyo's, and unknown is counted apart."""
    fine = [Sample(code, UP, at(minute)) for code in ("login_page", "database") for minute in range(0, 400, 2)]
    see(provider, *fine)
    see(provider, *(Sample("login_page", DOWN, at(minute), place="osaka") for minute in (369, 370, 371)))
    assert intervals("web", at(-10), at(402)) == [
        Span(UNKNOWN, at(-10), at(0)),
        Span(UP, at(0), at(369)),
        Span(DOWN, at(369), at(371)),
        Span(UP, at(371), at(398)),
        Span(UNKNOWN, at(398), at(402)),
    ]
    before, after = daily(date(2026, 4, 30), at(402))["web"]
    assert before == DayFigures(date(2026, 4, 30), 369 * 60, 0, 60, (17 * 60 + 50) * 60)
    assert after == DayFigures(date(2026, 5, 1), 27 * 60, 0, 60, 4 * 60)


def test_what_is_on_paper_is_read_in_once(provider: Tenant) -> None:
    """N9: looks of elsewhere and of the hours without a database come in by the store; nonsense breaks nothing."""
    store = journal_store()
    journal.write(store, "osaka", at(0), [Sample("login_page", UP, at(0), 0.2)])
    journal.write(store, "osaka", at(1), [Sample("login_page", DOWN, at(1), None, "HTTP 502")])
    journal.write(store, "osaka", at(2), [Sample("login_page", DOWN, at(2), None, "HTTP 502")])
    assert journal.down_since(store, "osaka") == at(1)
    store.put("osaka/20260430T090000000000Z-up.json", b'{"samples": [{"probe": "sesame"}, 7]}')
    store.put("osaka/readme.json", b"{}")
    assert tasks.read_in.delay().get() == 4
    assert rows() == [("login_page", "up", at(0), at(0), 1), ("login_page", "down", at(1), at(2), 2)]
    assert [each.name for each in store.list()] == ["osaka/readme.json"]
    store.delete("osaka/readme.json")


def test_rows_go_after_four_hundred_days(provider: Tenant) -> None:
    """R6: as declared, by the one function that may remove them."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        now = datetime.now(UTC)
        see(provider, Sample("store", UP, now - timedelta(days=401)), Sample("store", DOWN, now - timedelta(days=399)))
        clock.shift(1)
        with tenant_scope(provider.id):
            run(actor=ACTOR)
    assert [row[1] for row in rows()] == ["down"]


def test_only_the_platform_role_reads_probes(acme: Tenant) -> None:
    """T1: no company learns of the provider's machines by the database."""
    with tenant_transaction(acme.id), current_connection().cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('monitoring_probeinterval', 'SELECT')")
        assert cursor.fetchone() == (False,)
