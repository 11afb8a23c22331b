"""The response record of one company: what was promised, when it was told what, and what was done about it (N5).

Misses stand in it as misses. What the provider wrote for itself does not.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.clock.models import Deadline
from incidents.drafts import said
from incidents.models import Incident, IncidentReport, spoken
from incidents.promises import FINAL_REPORT, FIRST_NOTICE, NEXT_UPDATE, TENANTS_TOLD, deadlines_of
from incidents.queries import PublicIncident, incident_of_tenant
from incidents.reports.contents import course_grid, incident_facts
from incidents.reports.models import Measure
from incidents.reports.paper import Grid, Paper, Part
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

# What customers were promised; the others are between the provider and the authorities, or its own.
_PROMISED = (FIRST_NOTICE, TENANTS_TOLD, NEXT_UPDATE, FINAL_REPORT)


@dataclass(frozen=True, slots=True)
class ResponseRecord:
    """All that one company gets to know of how an incident was handled."""

    found: PublicIncident
    company_name: str
    sender: str
    told_at: datetime | None
    promises: list[Deadline]
    measures: list[Measure]


def record_of(incident: Incident, tenant_id: UUID) -> ResponseRecord | None:
    """The record of a company that the incident concerned and that was told; None for others."""
    found, provider = incident_of_tenant(tenant_id, incident.number), provider_company()
    if found is None:
        return None
    with platform_transaction():
        company = Tenant.objects.get(id=tenant_id)
        named = found.incident.affected.filter(tenant_id=tenant_id).first()
        promises = [one for one in deadlines_of(found.incident) if one.kind in _PROMISED and not one.withdrawn_at]
        measures = list(Measure.objects.filter(incident=found.incident, dropped_at=None))
    return ResponseRecord(
        found=found,
        company_name=company.name,
        sender=provider.name if provider else "",
        told_at=named.told_at if named else found.incident.told_at,
        promises=promises,
        measures=measures,
    )


def record_paper(record: ResponseRecord, language: str) -> Paper:
    """The record as a document, as of now."""
    incident, now = record.found.incident, timezone.now()
    with translation.override(language):
        moments = (
            (pgettext("incident document", "Began"), incident.began_at),
            (pgettext("incident document", "Detected"), incident.detected_at),
            (_("Your company was told"), record.told_at),
            (pgettext("incident document", "Recovered"), incident.resolved_at),
        )
        known = tuple((label, said(moment, language)) for label, moment in moments if moment is not None)
        severity = (pgettext("incident", "Severity"), str(incident.get_severity_display()))
        return Paper(
            language=language,
            title=_("Response record of an incident"),
            number=incident.number,
            date=said(now, language),
            addressee=_("To %(name)s") % {"name": record.company_name},
            sender=record.sender,
            greeting=_("This record shows what we promised, when we told you what, and what we did."),
            issued_at=now,
            facts=(*incident_facts(incident, language), severity, *known),
            parts=tuple(_parts(record, language)),
        )


def _parts(record: ResponseRecord, language: str) -> list[Part]:
    parts = [
        Part(_("What it means to your company"), record.found.impact),
        Part(_("What we promised"), grid=_promises(record.promises, language)),
        Part(_("What we told you"), grid=_told(record.found.reports, language)),
        Part(_("Timeline"), grid=_course(record.found.reports)),
        Part(_("Measures"), grid=_measures(record.measures)),
    ]
    return [part for part in parts if part.paragraphs or (part.grid and part.grid.rows)]


def _promises(promises: list[Deadline], language: str) -> Grid:
    rows = [
        (
            str(one.get_kind_display()),
            said(one.due_at, language),
            said(one.met_at, language) if one.met_at else "—",
            _kept(one),
        )
        for one in promises
    ]
    return Grid(
        (pgettext("incident document", "Promise"), _("By"), _("Done at"), pgettext("incident document", "Kept")),
        tuple(rows),
    )


def _kept(deadline: Deadline) -> str:
    if deadline.missed_at is not None:
        return pgettext("promise", "Missed")
    return pgettext("promise", "Kept") if deadline.met_at is not None else pgettext("promise", "Running")


def _told(reports: list[IncidentReport], language: str) -> Grid:
    rows = [(said(one.published_at, language), one.title) for one in reports if one.published_at is not None]
    return Grid((_("When"), _("What")), tuple(rows))


def _course(reports: list[IncidentReport]) -> Grid | None:
    """The timeline as the newest report has it."""
    grids = (course_grid(spoken(one, "course")) for one in reversed(reports))
    return next((grid for grid in grids if grid is not None), None)


def _measures(measures: list[Measure]) -> Grid:
    rows = [(str(one.get_kind_display()), one.text, one.owner, f"{one.due_on:%Y-%m-%d}", one.state) for one in measures]
    return Grid((_("Kind"), pgettext("incident", "Measure"), _("Who does it"), _("Due"), _("State")), tuple(rows))
