"""Reads of exports."""

from uuid import UUID

from django.db.models import QuerySet

from auditlog.exports.models import OPEN_STATES, AuditExport

_SHOWN = 30


def newest_exports() -> "QuerySet[AuditExport]":
    """The last exports of the company, newest first."""
    return AuditExport.objects.order_by("-requested_at", "-id")[:_SHOWN]


def find_export(key: UUID) -> AuditExport | None:
    """The export of that key in this tenant."""
    return AuditExport.objects.filter(id=key).first()


def export_for_change(key: UUID) -> AuditExport | None:
    """The same, locked until the transaction ends."""
    return AuditExport.objects.select_for_update().filter(id=key).first()


def open_count() -> int:
    """How many are waiting or being written."""
    return AuditExport.objects.filter(state__in=OPEN_STATES).count()
