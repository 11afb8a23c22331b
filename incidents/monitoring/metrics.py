"""Figures for Prometheus (N9): collected at each scrape, from the database and the broker; none lives in a process.

A registry of our own: the one of the library counts the process that happens to answer, and there are several.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import redis
from celery import current_app
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from auditlog.requests.buffer import broker
from auditlog.requests.queries import answered_since
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.queries import component_states, heartbeat_age, newest_looks

__all__ = ["CONTENT_TYPE", "exposition"]

WINDOW = timedelta(minutes=5)


class _Figures(Collector):
    def collect(self) -> Iterable[Metric]:
        now = timezone.now()
        yield from _components(now)
        yield from _probes(now)
        yield from _requests(now)
        yield from _queues()


_REGISTRY = CollectorRegistry()
_REGISTRY.register(_Figures())


def exposition() -> bytes:
    """Everything, as Prometheus reads it."""
    return generate_latest(_REGISTRY)


def _components(now: datetime) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "sekisho_component_state", "1 for the state in which a part of the service is.", labels=["component", "state"]
    )
    for component, current in component_states(now).items():
        for state in ProbeState:
            states.add_metric([component, state], float(state == current))
    yield states


def _probes(now: datetime) -> Iterator[Metric]:
    labels = ["probe", "place"]
    up = GaugeMetricFamily(
        "sekisho_probe_up", "1 in order, 0.5 impaired, 0 out of order; unknown: absent.", labels=labels
    )
    age = GaugeMetricFamily("sekisho_probe_age_seconds", "Time since the newest look.", labels=labels)
    value = GaugeMetricFamily("sekisho_probe_value", "What the newest look measured.", labels=[*labels, "unit"])
    grades = {ProbeState.UP: 1.0, ProbeState.DEGRADED: 0.5, ProbeState.DOWN: 0.0}
    for one in newest_looks(now):
        where = [one.probe.code, one.place]
        if one.state in grades:
            up.add_metric(where, grades[one.state])
        age.add_metric(where, (now - one.seen_at).total_seconds())
        if one.value is not None:
            value.add_metric([*where, one.probe.unit], one.value)
    yield from (up, age, value)
    beat = heartbeat_age(now)
    if beat is not None:
        yield GaugeMetricFamily(
            "sekisho_worker_heartbeat_age_seconds", "Time since the worker's last sign of life.", beat.total_seconds()
        )


def _requests(now: datetime) -> Iterator[Metric]:
    answered = answered_since(now - WINDOW)
    yield GaugeMetricFamily("sekisho_requests_5m", "Requests of the last five minutes.", answered.requests)
    yield GaugeMetricFamily("sekisho_requests_failed_5m", "Those that ended in an error (5xx).", answered.errors)
    if answered.p95 is not None:
        p95 = answered.p95 / 1000
        yield GaugeMetricFamily("sekisho_request_p95_seconds_5m", "95 % of them took no longer than this.", p95)


def _queues() -> Iterator[Metric]:
    """Without the broker there is nothing to say of it but what the probes say."""
    lengths = GaugeMetricFamily("sekisho_queue_length", "Jobs that wait for a worker.", labels=["queue"])
    queues = (current_app.conf.task_default_queue, "restores")
    try:
        for queue in queues:
            lengths.add_metric([queue], int(broker().llen(queue)))
    except (redis.RedisError, OSError):
        return
    yield lengths
