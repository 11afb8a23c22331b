"""The document out of what is known: incidents, maintenance, what probes saw (N1, N8). As the platform role.

Everything here is public by what it comes from: incidents that were published and stand on the status page, maintenance
that was announced. No list of companies, no internal log, no notice to some is read at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from incidents import queries, telling
from incidents.components import COMPONENTS
from incidents.maintenance.models import Maintenance, MaintenanceState
from incidents.maintenance.queries import find_maintenance, maintenance_between, planned_stops
from incidents.models import IncidentReport
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.queries import component_states, intervals_of_all
from incidents.notices.models import Kind
from incidents.notices.queries import public_notices
from incidents.severity import Severity
from incidents.status.days import Span, days_of
from incidents.status.document import (
    DAYS,
    News,
    Outage,
    PublicIncident,
    PublicMaintenance,
    Report,
    State,
    StatusDocument,
    Text,
    worst,
)
from incidents.status.outage import empty_document
from incidents.status.queries import overrides_in_force

_MEASURED = {
    ProbeState.UP: State.OPERATIONAL,
    ProbeState.DEGRADED: State.DEGRADED,
    ProbeState.DOWN: State.DOWN,
    ProbeState.UNKNOWN: State.UNKNOWN,
}
ABOUT_MAINTENANCE = "maintenance"
_GRAVE = frozenset({Severity.CRITICAL, Severity.SERIOUS})
# Incidents stay on the page for a year, maintenance is told of half a year ahead and a month after.
_INCIDENTS, _AHEAD, _BEHIND = timedelta(days=365), timedelta(days=183), timedelta(days=30)


def current_document(now: datetime, *, outage: Outage | None = None) -> StatusDocument:
    """The document as of now; `outage` is what the probe outside has written."""
    incidents = tuple(_incident(each) for each in queries.public_incidents(now - _INCIDENTS))
    maintenance = maintenance_between(now - _BEHIND, now + _AHEAD)
    states = _states(now, incidents, maintenance)
    document = empty_document(now)
    begins = now - timedelta(days=DAYS)
    seen = intervals_of_all(begins, now)
    components = tuple(
        replace(
            one,
            state=states[one.code],
            days=days_of(
                [
                    *(Span(span.since, span.until, _MEASURED[span.state]) for span in seen[one.code]),
                    *(Span(s.since, s.until, State.MAINTENANCE) for s in planned_stops(one.code, begins, now)),
                ],
                count=DAYS,
                now=now,
            ),
        )
        for one in document.components
    )
    return replace(
        document,
        components=components,
        incidents=incidents,
        maintenance=tuple(_maintenance(each) for each in maintenance),
        news=tuple(_news(now)),
        outage=outage,
    )


def _states(
    now: datetime, incidents: Iterable[PublicIncident], maintenance: Iterable[Maintenance]
) -> Mapping[str, State]:
    """By component: what was set by hand, else maintenance under way, else the worst that is measured or was told."""
    measured, by_hand = component_states(now), overrides_in_force(now)
    under_way = {code for each in maintenance if each.state == MaintenanceState.UNDER_WAY for code in each.components}
    told: dict[str, list[State]] = {component.code: [] for component in COMPONENTS}
    for incident in incidents:
        if incident.is_open:
            for code in incident.components:
                told.setdefault(code, []).append(_of_incident(incident))
    found = {}
    for code, incident_states in told.items():
        if code in by_hand:
            found[code] = State(by_hand[code].state)
        elif code in under_way:
            found[code] = State.MAINTENANCE
        else:
            found[code] = worst([_MEASURED[measured.get(code, ProbeState.UNKNOWN)], *incident_states])
    return found


def _of_incident(incident: PublicIncident) -> State:
    """What an incident means for its components, as it was told: repaired and under observation is not down."""
    grave = incident.severity in _GRAVE and incident.status != "monitoring"
    return State.DOWN if grave else State.DEGRADED


def _incident(found: queries.PublicIncident) -> PublicIncident:
    incident = found.incident
    return PublicIncident(
        number=incident.number,
        title=Text(incident.title_ja, incident.title_en),
        severity=incident.severity,
        status=incident.status,
        components=tuple(incident.components),
        detected_at=incident.detected_at,
        began_at=incident.began_at,
        resolved_at=incident.resolved_at,
        next_update_at=incident.next_update_at,
        reports=tuple(_report(each, at) for each in found.reports if (at := each.published_at) is not None),
    )


def _report(report: IncidentReport, at: datetime) -> Report:
    """What was published, in full. There is English where somebody has written the summary in English."""
    english = telling.body_of(report, "en") if report.summary_en else ""
    return Report(
        kind=report.kind,
        number=report.number or 0,
        published_at=at,
        body=Text(telling.body_of(report, "ja"), english),
    )


def _maintenance(planned: Maintenance) -> PublicMaintenance:
    return PublicMaintenance(
        id=planned.id.hex,
        title=Text(planned.title_ja, planned.title_en),
        body=Text(
            "\n\n".join(filter(None, (planned.impact_ja, planned.short_notice_ja))),
            "\n\n".join(filter(None, (planned.impact_en, planned.short_notice_en))),
        ),
        components=tuple(planned.components),
        state=planned.state,
        begins_at=planned.started_at or planned.begins_at,
        ends_at=planned.ended_at or planned.ends_at,
    )


def _news(now: datetime) -> Iterator[News]:
    """The notices to everybody by which maintenance was announced, prolonged, cancelled, and its end was told."""
    for notice in public_notices():
        if notice.kind != Kind.MAINTENANCE or notice.published_at is None or now - notice.published_at > _BEHIND:
            continue
        about = find_maintenance(UUID(notice.about_id)) if notice.about == ABOUT_MAINTENANCE else None
        yield News(
            id=notice.id.hex,
            maintenance=about.id.hex if about else "",
            title=Text(notice.title_ja, notice.title_en),
            body=Text(notice.body_ja, notice.body_en),
            components=tuple(about.components) if about else (),
            published_at=notice.published_at,
            mailed=bool(notice.mail_to),
        )
