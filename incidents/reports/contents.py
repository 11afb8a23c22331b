"""A report of an incident as a document, for a company or for the file (N5).

What was published is printed word by word. Times are Japanese, as in the report itself.
"""

import re

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from incidents.drafts import components_of, said
from incidents.models import Incident, IncidentReport, ReportKind, spoken
from incidents.models.report import HEADINGS, SECTIONS
from incidents.reports.paper import Grid, Paper, Part

LANGUAGES = ("ja", "en")
_TITLES = {
    ReportKind.FIRST_NOTICE: gettext_lazy("Incident report (first notice)"),
    ReportKind.UPDATE: gettext_lazy("Incident report (update)"),
    ReportKind.RECOVERY: gettext_lazy("Incident report (recovery)"),
    ReportKind.FINAL_REPORT: pgettext_lazy("document", "Final report on an incident"),
}
# A line of the timeline: a day and a time, a blank, what happened.
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2})\s+(\S.*)")


def report_paper(report: IncidentReport, *, addressee: str, sender: str, impact: str, language: str) -> Paper:
    """A report as a document. `addressee` is a company's name, `impact` what it meant to it; both may be empty."""
    incident = report.incident
    with translation.override(language):
        return Paper(
            language=language,
            title=str(_TITLES[ReportKind(report.kind)]),
            number=document_number(report),
            date=said(report.published_at, language) if report.published_at else _("Draft"),
            addressee=_("To %(name)s") % {"name": addressee} if addressee else "",
            sender=sender,
            greeting="",
            issued_at=report.published_at or report.drafted_at,
            facts=_facts(report, language),
            parts=(*_parts(report), *_impact(impact)),
            closing=_("Please ask us about this report in the inquiries of the service: %(number)s.")
            % {"number": incident.number},
        )


def document_number(report: IncidentReport) -> str:
    """The number of the incident, and which of its reports it is."""
    return f"{report.incident.number}-{report.number}" if report.number else report.incident.number


def course_grid(text: str) -> Grid | None:
    """The timeline as a table; None if no line of it begins with a time. Other lines belong to the one before."""
    rows: list[list[str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _LINE.fullmatch(line)
        if found:
            rows.append(list(found.groups()))
        elif rows:
            rows[-1][1] += f"\n{line}"
        else:
            return None
    if not rows:
        return None
    return Grid(
        (_("Time (Japan)"), pgettext("incident document", "What happened")), tuple((at, what) for at, what in rows)
    )


def incident_facts(incident: Incident, language: str) -> tuple[tuple[str, str], ...]:
    """Number, title and components, as every document begins."""
    return (
        (_("Incident number"), incident.number),
        (pgettext("incident document", "Subject"), incident.title),
        (_("Affected components"), components_of(incident, language)),
    )


def _facts(report: IncidentReport, language: str) -> tuple[tuple[str, str], ...]:
    moments = (
        (pgettext("incident document", "Began"), report.began_at),
        (pgettext("incident document", "Detected"), report.detected_at),
        (pgettext("incident document", "Recovered"), report.recovered_at),
        (_("Next report"), report.next_update_at),
    )
    known = tuple((label, said(moment, language)) for label, moment in moments if moment is not None)
    return (*incident_facts(report.incident, language), *known)


def _parts(report: IncidentReport) -> tuple[Part, ...]:
    parts = []
    for name in SECTIONS:
        text = spoken(report, name)
        if text.strip():
            grid = course_grid(text) if name == "course" else None
            parts.append(Part(str(HEADINGS[name]), "" if grid else text, grid))
    return tuple(parts)


def _impact(impact: str) -> tuple[Part, ...]:
    return (Part(_("What it means to your company"), impact),) if impact.strip() else ()
