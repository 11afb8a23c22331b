"""How many jobs wait (N9)."""

from datetime import datetime

from celery import current_app
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from auditlog.requests.buffer import broker
from incidents.alerts.judging import Limits
from incidents.alerts.registry import Measure, Reading, Readings, Unit, register_measure


def queue_names() -> list[str]:
    """Every queue of jobs: the usual one, and those to which some kinds are routed."""
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    return sorted({current_app.conf.task_default_queue, *routed})


def _waiting(_now: datetime) -> Readings:
    with broker().pipeline(transaction=False) as pipeline:
        for name in queue_names():
            pipeline.llen(name)
        return {name: Reading(float(length)) for name, length in zip(queue_names(), pipeline.execute(), strict=True)}


QUEUE = register_measure(
    Measure(
        "queue.length",
        _("Jobs that wait"),
        _("How many jobs of each queue no worker has taken yet."),
        Unit.COUNT,
        Limits(warning=500, critical=5_000, for_minutes=5, margin=100),
        _waiting,
        component="jobs",
    )
)
