"""`manage.py check --database default`: is there room for the events of the coming days (G5)?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.utils import timezone

from auditlog.models import RetentionClass
from auditlog.partitions import missing_days, partitions
from tenants.isolation.transactions import current_connection


@register(Tags.database)
def room_ahead(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """audit_retention.E001: today has no partition; audit_retention.W001: one of the coming days has none."""
    if current_connection().alias not in (databases or ()):
        return []
    with connections[current_connection().alias].cursor() as cursor:
        cursor.execute("SELECT to_regproc('auditlog_partitions') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []  # before the first migration
    today = timezone.now().date()
    present = partitions()
    now = missing_days(present, today, days=1, months=0)
    return [_message(kept, days, error=kept in now) for kept, days in missing_days(present, today).items()]


def _message(kept: RetentionClass, days: Sequence[date], *, error: bool) -> CheckMessage:
    text = f"The audit log has no partition for {len(days)} coming days or months of {kept.label}, from {days[0]} on."
    hint = "Run `manage.py audit partitions --make`, and see why the worker has not."
    if error:
        return Error(text, hint=hint, id="audit_retention.E001")
    return checks.Warning(text, hint=hint, id="audit_retention.W001")
