"""Overdue erasures as a figure for alerts, and what the watch over retention has noticed (N9, R1)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from incidents.alerts.judging import Limits
from incidents.alerts.registry import (
    Measure,
    OpenProblem,
    Reading,
    Readings,
    Unit,
    Watch,
    register_measure,
    register_watch,
)
from retention.erasure.queries import overdue_erasures
from retention.expiry.queries import open_problems


def _overdue(now: datetime) -> Readings:
    return {"": Reading(float(len(overdue_erasures(now))))}


def _problems() -> list[OpenProblem]:
    return [OpenProblem(each.label, each.about, each.began_at) for each in open_problems()]


WATCH = register_watch(Watch("retention", _("Retention"), "operator.retention", "operator:retention", _problems))
OVERDUE = register_measure(
    Measure(
        "retention.erasures",
        _("Overdue erasures"),
        _("How many companies should be erased by now and are not."),
        Unit.COUNT,
        Limits(critical=1),
        _overdue,
        component="documents",
        told_elsewhere=_("The watch over retention sends mails once an hour."),
    )
)
