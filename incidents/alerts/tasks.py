"""The look at every measure, each minute; and what each machine says of itself (N9)."""

import logging
from typing import Any

import redis
from celery.signals import heartbeat_sent, worker_shutdown
from django.utils import timezone

from auditlog.actors import Actor
from incidents.alerts import machines
from incidents.alerts.looking import look
from incidents.alerts.promoting import open_due
from tenants.isolation.tasks import platform_task
from tenants.models import Tenant
from tenants.queries import provider_scope

logger = logging.getLogger(__name__)
_JOB = Actor.system("alerts")


@platform_task
def look_at_measures() -> int:
    """Read and judge everything that is measured, and react; returns how many readings were judged."""
    _say(machines.report)  # the first look finds this machine, however early it comes
    try:
        with provider_scope():
            judged = look(timezone.now(), actor=_JOB)
            open_due(actor=_JOB)
            return judged
    except Tenant.DoesNotExist:
        return 0  # a fresh installation: there is nobody yet whom it would concern


@heartbeat_sent.connect
def report_machine(**_options: Any) -> None:
    """From the main process of each worker, beside its own sign of life."""
    _say(machines.report)


@worker_shutdown.connect
def leave_machine(**_options: Any) -> None:
    """A worker that is stopped is not missed."""
    _say(machines.leave)


def _say(what: Any) -> None:
    try:
        what()
    except redis.RedisError:
        logger.warning("The broker does not answer, so this machine says nothing of itself")
