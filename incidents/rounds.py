"""Two incidents that are one, and one that is not over after all (N3)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents import promises
from incidents.actions import INCIDENT_REOPENED, INCIDENTS_MERGED
from incidents.companies import name_companies
from incidents.components import BY_CODE
from incidents.log import enter
from incidents.models import EntryKind, Incident, ReportKind, ReportState, Status
from incidents.publishing import draft_report
from incidents.recording import record
from incidents.states import locked
from tenants.isolation.transactions import platform_transaction


def merge_incidents(incident: Incident, *, into: Incident, actor: Actor) -> Incident:
    """Make it a part of another one, which takes over its companies, components and promises; returns that.

    Its own deadlines are withdrawn with the reason. The other one counts from the earlier detection, so that nothing
    becomes due later by merging. Its public page points on. Raises ValidationError.
    """
    if incident.id == into.id:
        raise ValidationError({"into": _("Choose another incident.")})
    with platform_transaction():
        first, second = sorted((incident, into), key=lambda each: each.id)  # the same order for everybody: no deadlock
        found = {each.id: each for each in (locked(first), locked(second))}
        incident, into = found[incident.id], found[into.id]
        _take_over(into, incident)
        promises.withdraw_all(incident, f"merged into {into.number}", actor=actor)
        incident.reports.filter(state=ReportState.DRAFT).update(state=ReportState.DISCARDED)
        incident.merged_into, incident.status = into, Status.MERGED
        incident.closed_at, incident.next_update_at = timezone.now(), None
        incident.save(update_fields=["merged_into", "status", "closed_at", "next_update_at"])
        enter(incident, EntryKind.MERGED, actor=actor, other=into.number)
        enter(into, EntryKind.MERGED, actor=actor, other=incident.number)
        promises.keep_in_step(into, actor=actor)
        record(INCIDENTS_MERGED, incident, actor=actor, after={"into": into.number})
    return into


def reopen_incident(incident: Incident, *, reason: str, actor: Actor) -> Incident:
    """It goes on, or is back: its promises begin anew from now, and a report is drafted. Raises ValidationError."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason: it stays on record.")})
    with platform_transaction():
        incident = Incident.objects.select_for_update().get(id=incident.id)
        if incident.goes_on or incident.status == Status.MERGED:
            raise ValidationError(_("Only what has recovered or is closed can be opened again."), code="status")
        now, before = timezone.now(), incident.status
        incident.status, incident.reopened_at = Status.INVESTIGATING, now
        incident.resolved_at = incident.closed_at = incident.told_at = None
        incident.save()
        incident.affected.update(told_at=None, known_at=now)
        enter(incident, EntryKind.REOPENED, actor=actor, text=reason, status=incident.status)
        if not incident.reports.filter(state=ReportState.DRAFT).exists():
            draft_report(incident, ReportKind.UPDATE, actor=actor)
        promises.keep_in_step(incident, actor=actor)
        record(
            INCIDENT_REOPENED,
            incident,
            actor=actor,
            before={"status": before},
            after={"status": incident.status, "reason": reason},
        )
    return incident


def _take_over(into: Incident, merged: Incident) -> None:
    into.detected_at = min(into.detected_at, merged.detected_at)
    into.components = [code for code in BY_CODE if code in {*into.components, *merged.components}]
    if merged.whole_service and not into.whole_service:
        into.whole_service, into.told_at = True, merged.told_at
    into.public = into.public or merged.public
    into.personal_data = into.personal_data or merged.personal_data
    into.malicious = into.malicious or merged.malicious
    if into.goes_on and merged.next_update_at is not None:
        into.next_update_at = min(into.next_update_at or merged.next_update_at, merged.next_update_at)
    into.save()
    there = set(into.affected.values_list("tenant_id", flat=True))
    theirs = {row.tenant_id: row for row in merged.affected.all() if row.tenant_id not in there}
    name_companies(into, theirs.keys(), known_at=merged.detected_at)
    for row in into.affected.filter(tenant_id__in=theirs):
        row.told_at, row.known_at = theirs[row.tenant_id].told_at, theirs[row.tenant_id].known_at
        row.impact_ja, row.impact_en = theirs[row.tenant_id].impact_ja, theirs[row.tenant_id].impact_en
        row.save(update_fields=["told_at", "known_at", "impact_ja", "impact_en"])
