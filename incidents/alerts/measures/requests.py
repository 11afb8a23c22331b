"""How requests were answered in the last minutes, from the request log (N9, G6)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from auditlog.requests.queries import Answered, answered_since
from incidents.alerts.judging import Limits
from incidents.alerts.registry import NOTHING, Measure, Reading, Readings, Unit, register_measure

LOOKS_BACK = timedelta(minutes=5)
# Fewer requests than this say little: one error among three is no rate of 33 %.
FEW = 20


def _answered(now: datetime) -> Answered | None:
    return answered_since(now - LOOKS_BACK) if settings.REQUEST_LOG else None


def _error_rate(now: datetime) -> Readings:
    found = _answered(now)
    if found is None:
        return {}
    return {"": Reading(100 * found.errors / max(found.requests, FEW)) if found.requests else NOTHING}


def _p95(now: datetime) -> Readings:
    found = _answered(now)
    if found is None:
        return {}
    return {"": Reading(found.p95)}


ERRORS = register_measure(
    Measure(
        "requests.errors",
        _("Error rate"),
        _("Of the requests of the last 5 minutes, how many ended in an error of ours; of 20 where there were fewer."),
        Unit.PERCENT,
        Limits(warning=2, critical=10, for_minutes=2, margin=0.5),
        _error_rate,
    )
)
P95 = register_measure(
    Measure(
        "requests.p95",
        _("Time to answer"),
        _("Within how many milliseconds 95 of 100 requests of the last 5 minutes were answered."),
        Unit.MILLISECONDS,
        Limits(warning=2_000, critical=5_000, for_minutes=5, margin=200),
        _p95,
    )
)
