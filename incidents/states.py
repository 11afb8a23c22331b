"""How far an incident is, and what it takes to go on (N3)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents import promises
from incidents.actions import STATUS_CHANGED
from incidents.log import enter
from incidents.models import EntryKind, Incident, Status
from incidents.recording import record
from tenants.isolation.transactions import platform_transaction


def change_status(
    incident: Incident, *, status: str, at: datetime | None = None, text: str = "", actor: Actor
) -> Incident:
    """Say how far it is; `at` is when that was so, for the recovery. Raises ValidationError.

    It is closed only when nothing that its severity demands is owed any more. What has ended is opened again by
    `rounds.reopen_incident`.
    """
    with platform_transaction():
        incident = locked(incident)
        if status == Status.MERGED or status not in Status.values:
            raise ValidationError({"status": _("Choose a status of the list.")})
        before, moment = incident.status, at or timezone.now()
        if status != before:
            _require_order(incident, status, moment)
            move(incident, Status(status), moment)
            enter(incident, EntryKind.STATUS, actor=actor, text=text, at=at, status=status)
            promises.keep_in_step(incident, actor=actor)
            record(STATUS_CHANGED, incident, actor=actor, before={"status": before}, after={"status": status})
    return incident


def move(incident: Incident, status: Status, at: datetime) -> None:
    """Put it into a status with the moments that belong to it; part of a deed that is recorded."""
    incident.status = status
    if status == Status.RESOLVED:
        incident.resolved_at = at
    elif status == Status.CLOSED:
        incident.closed_at = at
    else:
        incident.resolved_at = None
    incident.save(update_fields=["status", "resolved_at", "closed_at"])


def locked(incident: Incident) -> Incident:
    """The incident as it is now, locked until the transaction ends. Raises ValidationError when it has ended."""
    current = Incident.objects.select_for_update().get(id=incident.id)
    if current.has_ended:
        raise ValidationError(_("This incident is closed. Open it again to go on."), code="ended")
    return current


def _require_order(incident: Incident, status: str, at: datetime) -> None:
    """Recovered first, closed then, and nothing of it tomorrow or before it began. Raises ValidationError."""
    if at > timezone.now() or at < (incident.began_at or incident.detected_at):
        raise ValidationError({"at": _("Choose a moment between the beginning of the incident and now.")})
    if status != Status.CLOSED:
        return
    if incident.resolved_at is None:
        raise ValidationError({"status": _("Say first that it has recovered.")})
    if owed := [deadline.get_kind_display() for deadline in promises.deadlines_of(incident) if deadline.is_open]:
        raise ValidationError(
            {"status": _("Something is still owed: %(what)s.") % {"what": ", ".join(map(str, owed))}}, code="owed"
        )
