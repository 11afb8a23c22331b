"""Ordering an export, cancelling it, ordering it again after it failed (G2). A job writes the file: `making.py`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.exports import queries
from auditlog.exports.actions import EXPORT_CANCELLED, EXPORT_REQUESTED
from auditlog.exports.models import AuditExport, ExportFormat, ExportState
from auditlog.exports.periods import Period
from auditlog.services import record
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, take_turns

AT_ONCE = 2  # of one tenant, so that the workers have time for the others


@atomic()
def order_export(period: Period, *, form: str, conditions: dict[str, Any], actor: Actor) -> AuditExport:
    """Order a file of that period, in the language and zone of now.

    Raises ValidationError for an unknown format, for conditions where the whole period is proved, and when too many
    are being written.
    """
    if form not in ExportFormat.values:
        raise ValidationError({"format": _("Choose one of the formats.")})
    if conditions and form == ExportFormat.JSONL:
        text = _("A file with proof holds the whole period. Choose CSV, or leave the conditions out.")
        raise ValidationError({"format": text})
    _require_room()
    row = AuditExport(
        format=form,
        starts_at=period.begin,
        ends_at=period.end,
        conditions=conditions,
        language=translation.get_language() or "ja",
        time_zone=timezone.get_current_timezone_name(),
        requested_by=actor.id,
        requested_by_name=actor.name,
    )
    row.save(force_insert=True)
    _queue(row, actor=actor)
    return row


@atomic()
def order_again(row: AuditExport, *, actor: Actor) -> None:
    """Order one again that failed or was cancelled; it is the reader's own now. Raises ValidationError for others."""
    if not row.may_be_ordered_again:
        raise ValidationError(_("This export need not be started again."), code="state")
    _require_room()
    row.state, row.problem, row.alive_at, row.finished_at = ExportState.QUEUED, "", timezone.now(), None
    row.attempts = row.done = row.total = 0
    row.requested_by, row.requested_by_name = actor.id, actor.name
    row.save()
    _queue(row, actor=actor)


@atomic()
def cancel_export(row: AuditExport, *, actor: Actor) -> None:
    """Stop an export that waits or is being written: its worker notices. Raises ValidationError for any other."""
    if not row.is_open:
        raise ValidationError(_("This export is not running any more."), code="state")
    row.state, row.finished_at = ExportState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "finished_at"])
    record(EXPORT_CANCELLED, actor=actor, target=row)


def facts_of(row: AuditExport) -> dict[str, Any]:
    """What the audit log says of an export."""
    facts = {"format": row.format, "from": row.starts_at.isoformat(), "to": row.ends_at.isoformat()}
    return facts | ({"conditions": row.conditions} if row.conditions else {})


def _queue(row: AuditExport, *, actor: Actor) -> None:
    record(EXPORT_REQUESTED, actor=actor, target=row, after=facts_of(row))
    queue_on_commit("auditlog.exports.tasks.make_export", str(row.id))


def _require_room() -> None:
    take_turns("auditlog.exports")
    if queries.open_count() >= AT_ONCE:
        text = _("%(count)d exports are being written. Wait until one is done, or cancel one.") % {"count": AT_ONCE}
        raise ValidationError(text, code="busy")
