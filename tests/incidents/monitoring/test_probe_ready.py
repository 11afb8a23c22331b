"""`/readyz` for load balancers and `/metrics` for Prometheus (N9)."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connections
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from auditlog.actors import Actor
from auditlog.requests import buffer
from auditlog.requests.models import RequestEntry
from incidents.monitoring import readiness
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.services import Sample, keep
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.incidents.monitoring.servers import closed_port

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

UP, DOWN = ProbeState.UP, ProbeState.DOWN


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer of an earlier test holds."""
    monkeypatch.setattr(readiness, "_HOLDS_SECONDS", -1.0)


def see(provider: Tenant, *samples: Sample) -> None:
    """Keep what probes saw."""
    with tenant_scope(provider.id):
        keep(samples, actor=Actor.system("monitoring"))


def test_everything_works(provider: Tenant) -> None:
    """N9: 200 with each part, for any host name; the worker's age beside it, which takes no page away."""
    now = timezone.now()
    see(provider, Sample("worker", UP, now))
    with time_machine.travel(now, tick=False):
        answer = Client(headers={"host": "10.1.2.3"}).get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ready": True,
            "checks": {"database": "up", "broker": "up", "store": "up", "migrations": "up"},
            "worker": {"state": "up", "heartbeat_seconds": 0},
        },
    )
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        silent = Client().get("/readyz")
    assert (silent.status_code, silent.json()["worker"]) == (200, {"state": "down", "heartbeat_seconds": 600})


def test_each_part_that_is_away_says_so_and_nothing_else(
    provider: Tenant, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N9: 503 although nothing but this page still works; no name of a machine in it."""
    with platform_transaction(), monkeypatch.context() as patch:
        patch.setattr(readiness, "_needed", lambda: frozenset({("monitoring", "0099_next_year")}))
        assert Client().get("/readyz").json()["checks"]["migrations"] == "down"
    port = closed_port()
    with monkeypatch.context() as patch:
        for alias in ("default", "platform"):
            connections[alias].close()
            patch.setitem(connections.databases[alias], "PORT", port)
        settings.VAULT_DOCUMENT_STORE = "s3://gone?endpoint=http://127.0.0.1:1"
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        buffer.broker.cache_clear()
        answer = Client().get("/readyz")
    buffer.broker.cache_clear()
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {"database": "down", "broker": "down", "store": "down", "migrations": "down"},
        "worker": {"state": "unknown", "heartbeat_seconds": None},
    }


def test_one_answer_holds_for_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """N9: whoever asks a thousand times a second makes no store and no database work."""
    answers = iter([readiness.check()])
    monkeypatch.setattr(readiness, "check", lambda: next(answers))  # there is no second one
    monkeypatch.setattr(readiness, "_HOLDS_SECONDS", 2.0)
    monkeypatch.setattr(readiness, "_known", None)
    for _time in range(5):
        assert Client().get("/readyz").status_code == 200


def figures(client: Client) -> dict[tuple[str, ...], float]:
    """What Prometheus would keep: by name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *one.labels.values()): one.value for each in families for one in each.samples}


def test_figures_for_named_networks_alone(provider: Tenant, settings: LazySettings) -> None:
    """N9: for everybody else there is no such page. Figures come from the database and the request log."""
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_NETWORKS = [ip_network("192.0.2.0/28")]
    assert Client(REMOTE_ADDR="192.0.2.99").get("/metrics").status_code == 404
    now = timezone.now()
    see(provider, Sample("worker", UP, now), Sample("certificate", UP, now, 61.5), Sample("store", DOWN, now))
    with platform_transaction():
        for status in (200, 302, 404, 500):
            RequestEntry(id=new_id(), at=now, method="GET", route="/x/", status=status, duration_ms=status).save(
                force_insert=True
            )
    found = figures(Client(REMOTE_ADDR="192.0.2.9"))
    assert found["sekisho_component_state", "documents", "down"] == 1
    assert found["sekisho_component_state", "documents", "up"] == 0
    assert found["sekisho_probe_up", "inside", "store"] == 0
    assert found["sekisho_probe_value", "inside", "certificate", "d"] == 61.5
    assert found[("sekisho_worker_heartbeat_age_seconds",)] < 10
    counts = [found[(name,)] for name in ("sekisho_requests_5m", "sekisho_requests_failed_5m")]
    assert counts == [4, 1]
    assert found[("sekisho_request_p95_seconds_5m",)] == pytest.approx(0.4856)
    assert ("sekisho_queue_length", "restores") in found
