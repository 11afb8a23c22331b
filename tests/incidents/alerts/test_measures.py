"""The figures themselves, read where they really are (N9)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.conf import LazySettings
from django.utils import timezone, translation

from auditlog.actors import Actor
from auditlog.requests.buffer import broker
from auditlog.requests.models import RequestEntry
from auditlog.sealing.sealer import seal
from incidents.alerts import machines
from incidents.alerts.registry import NOTHING, UNKNOWN, Reading, Readings, measure_of, measures
from incidents.monitoring import services as monitoring
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.services import Sample
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.settings import RUN

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE)

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


def read(code: str, now: datetime | None = None) -> Readings:
    """What a measure says."""
    measure = measure_of(code)
    assert measure is not None
    return measure.read(now or timezone.now())


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the machines of this test say how they are; nothing yet."""
    monkeypatch.setattr(machines, "KEY", f"{RUN}:machines")
    broker().delete(machines.KEY)
    return machines.KEY


def say(key: str, name: str, *, minutes_ago: float, left: bool = False) -> None:
    """What another machine said some time ago."""
    at = (NOW - timedelta(minutes=minutes_ago)).isoformat()
    said = {"at": at, "cpu": 12.5, "memory": 40.0, "disks": {"/": 71.0, "/var": 93.5}, "left": left}
    broker().hset(key, name, json.dumps(said))


def test_every_measure_of_the_issue_is_registered() -> None:
    """N9: each has a threshold to begin with, and is told of by somebody."""
    expected = {
        "audit.sealing",
        "backups.age",
        "backups.second_site",
        "certificate.days",
        "clock.offset",
        "machine.cpu",
        "machine.disk",
        "machine.memory",
        "probe.down",
        "probe.impaired",
        "queue.length",
        "requests.errors",
        "requests.p95",
        "retention.erasures",
    }
    assert expected <= set(measures())
    assert all(each.limits.below or each.limits.level_of(0) == "ok" for each in measures().values())


def test_this_machine_says_how_it_is(heard: str, settings: LazySettings) -> None:
    """N9: real figures, by the name of the machine; every disk on which something is kept."""
    settings.MACHINE_NAME = "web1"
    machines._Reporter().report()
    assert {code: set(read(code)) for code in ("machine.cpu", "machine.memory")} == {
        "machine.cpu": {"web1"},
        "machine.memory": {"web1"},
    }
    assert "web1 /" in read("machine.disk")
    for code in ("machine.cpu", "machine.memory", "machine.disk"):
        assert all(reading.value is not None and 0 <= reading.value <= 100 for reading in read(code).values())
    assert read("machine.memory")["web1"].value != 0


def test_each_machine_speaks_for_itself(heard: str) -> None:
    """N9: one that falls silent is missed, one that said it leaves is not, and none for ever."""
    for name, minutes_ago, left in (("web1", 1, False), ("web2", 3, False), ("old", 3, True), ("lost", 1441, False)):
        say(heard, name, minutes_ago=minutes_ago, left=left)
    assert read("machine.cpu", NOW) == {"web1": Reading(12.5), "web2": UNKNOWN}
    assert read("machine.disk", NOW) == {
        "web1 /": Reading(71.0),
        "web1 /var": Reading(93.5),
        "web2 /": UNKNOWN,
        "web2 /var": UNKNOWN,
    }
    assert broker().hlen(heard) == 2


def test_jobs_that_wait_are_counted_by_queue() -> None:
    """N9: of the usual queue and of those to which jobs are routed."""
    queue = current_app.conf.task_default_queue
    broker().delete(queue)
    assert read("queue.length") == {queue: Reading(0.0), "restores": read("queue.length")["restores"]}
    broker().rpush(queue, "a", "b", "c")
    assert read("queue.length")[queue] == Reading(3.0)
    broker().delete(queue)


def answered(count: int, *, status: int = 200, milliseconds: float = 100, minutes_ago: float = 1) -> None:
    """Requests that are in the log."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    entry = {"at": at, "method": "GET", "route": "/", "status": status, "duration_ms": milliseconds, "request_id": "x"}
    with platform_transaction():
        RequestEntry.objects.bulk_create([RequestEntry(**entry) for _number in range(count)])


def test_errors_and_times_are_those_of_the_last_minutes(settings: LazySettings) -> None:
    """N9: one error among three requests is none of 33 %; without requests there is nothing to judge."""
    settings.REQUEST_LOG = False
    assert read("requests.errors") == read("requests.p95") == {}
    settings.REQUEST_LOG = True
    assert read("requests.errors") == read("requests.p95") == {"": NOTHING}
    answered(5, status=503, minutes_ago=6)
    answered(2)
    answered(1, status=500, milliseconds=900)
    assert read("requests.errors") == {"": Reading(5.0)}
    answered(97)
    assert read("requests.errors") == {"": Reading(1.0)}
    assert read("requests.p95") == {"": Reading(100.0)}


def test_sealing_and_backups_have_an_age(provider: Tenant, settings: LazySettings) -> None:
    """N9: since the last seal; of the company that is worst off; of the second site, where there is one."""
    now = timezone.now()
    assert read("audit.sealing") == {"": UNKNOWN}
    with platform_transaction():
        Tenant.objects.update(created_at=now - timedelta(hours=10))
    assert read("backups.age", now) == {"": Reading(10.0)}
    assert read("backups.second_site") == {}
    settings.VAULT_BACKUP_COPY_STORE = "file:///elsewhere"
    assert read("backups.second_site") == {"": Reading(0.0)}
    assert read("retention.erasures") == {"": Reading(0.0)}
    seal([])
    lag = read("audit.sealing", timezone.now() + timedelta(minutes=7))[""].value
    assert lag is not None
    assert 419 < lag < 450


def test_probes_are_figures(provider: Tenant) -> None:
    """N9: how long something is out of order, at each place; certificate and clock by their values."""
    seen = [
        ("login_page", ProbeState.DOWN, 4, None, "inside"),
        ("login_page", ProbeState.DOWN, 1, None, "inside"),
        ("login_page", ProbeState.UP, 1, 0.1, "osaka"),
        ("mail_server", ProbeState.DEGRADED, 1, 6.0, "inside"),
        ("database", ProbeState.UP, 9, 0.1, "inside"),  # nobody has looked since
        ("certificate", ProbeState.UP, 1, 40.5, "inside"),
        ("clock_database", ProbeState.UP, 1, -0.7, "inside"),
        ("clock_ntp", ProbeState.UNKNOWN, 1, None, "inside"),
        ("login_page", ProbeState.UP, 1500, 0.1, "given up"),
    ]
    samples = [
        Sample(code, state, NOW - timedelta(minutes=ago), value, place=place) for code, state, ago, value, place in seen
    ]
    with tenant_scope(provider.id):
        monitoring.keep(samples, actor=Actor.system("monitoring"))
    others = {"login_page osaka": Reading(0.0), "mail_server": Reading(0.0), "database": UNKNOWN}
    assert read("probe.down", NOW) == {"login_page": Reading(4.0), **others}
    assert read("probe.impaired", NOW) == {"login_page": Reading(0.0), **others, "mail_server": Reading(1.0)}
    assert read("certificate.days", NOW) == {"certificate": Reading(40.5)}
    assert read("clock.offset", NOW) == {"clock_database": Reading(0.7), "clock_ntp": NOTHING}
    down = measure_of("probe.down")
    assert down is not None
    with translation.override("en"):
        assert down.about("login_page osaka") == "Out of order: Log-in page (osaka)"
    assert down.components("login_page osaka") == ("web",)
