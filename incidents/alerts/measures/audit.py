"""How far sealing of the audit log is behind (N9, G7)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from auditlog.sealing.queries import newest_head
from incidents.alerts.judging import Limits
from incidents.alerts.registry import UNKNOWN, Measure, Reading, Readings, Unit, register_measure
from tenants.isolation.transactions import platform_transaction


def _lag(now: datetime) -> Readings:
    with platform_transaction():
        head = newest_head()
    return {"": Reading(max(0.0, (now - head.at).total_seconds())) if head else UNKNOWN}


SEALING = register_measure(
    Measure(
        "audit.sealing",
        _("Sealing of the audit log"),
        _("For how long nothing was sealed; it is sealed every minute."),
        Unit.SECONDS,
        # After 15 minutes the verification of the log tells of it as a standstill (auditlog.verification).
        Limits(warning=300, for_minutes=2, margin=120),
        _lag,
        component="audit",
    )
)
