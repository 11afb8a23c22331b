"""Drafts of reports from what is known of an incident, in both languages, at once (N1, N3).

Causes and measures are carried over from the report before. Times are Japanese: they go to all customers alike.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format

from config.business_hours import ZONE
from incidents import phrases
from incidents.models import EntryKind, Incident, IncidentEntry, IncidentReport, ReportKind, Status

LANGUAGES = ("ja", "en")
_GOING = frozenset({ReportKind.FIRST_NOTICE, ReportKind.UPDATE})
_AT_WORK = frozenset({Status.INVESTIGATING, Status.IDENTIFIED})
_CARRIED = ("cause", "stopgap", "remedy", "prevention")
# Promised are round times, as people would: 15:30 and not 15:37:12.
_STEP = timedelta(minutes=10)


def draft(
    incident: Incident,
    kind: ReportKind,
    *,
    companies: int | None,
    log: Iterable[IncidentEntry] = (),
    before: IncidentReport | None = None,
    neutral: bool = False,
) -> IncidentReport:
    """A report of the kind, not saved. `companies` is how many are affected, None for all; `before` the last one.

    A `neutral` one says nothing that a person has written: nobody has read it when it goes out.
    """
    now = timezone.now()
    entries = list(log)
    recovered = incident.resolved_at or (now if kind == ReportKind.RECOVERY else None)
    words: dict[str, str] = {}
    for language in LANGUAGES:
        for name, text in _sections(incident, kind, language, companies, neutral).items():
            words[f"{name}_{language}"] = text
        words[f"course_{language}"] = "\n".join(_course(incident, entries, recovered, language))
        words |= _carried(before, language) if before else {}
    return IncidentReport(
        incident_id=incident.id,
        kind=kind,
        began_at=_minute(incident.began_at),
        detected_at=_minute(incident.detected_at),
        recovered_at=_minute(recovered),
        next_update_at=next_update(incident, kind, now),
        drafted_at=now,
        **words,
    )


def _carried(before: IncidentReport, language: str) -> dict[str, str]:
    """Causes and measures as they were told last, if that was more than the words of the product."""
    found = {f"{name}_{language}": getattr(before, f"{name}_{language}") for name in _CARRIED}
    stale = {phrases.CAUSE[language], phrases.STOPGAP[language]}
    return {name: text for name, text in found.items() if text and text not in stale}


def next_update(incident: Incident, kind: str, now: datetime) -> datetime | None:
    """When the next report should be promised for: within what the severity demands; None after the recovery."""
    longest = incident.demand.updates
    if longest is None or kind not in _GOING:
        return None
    promised = now + longest
    return promised - timedelta(seconds=promised.timestamp() % _STEP.total_seconds())


def said(moment: datetime, language: str) -> str:
    """A day and a time in Japan, in the words of the language."""
    local = moment.astimezone(ZONE)
    if language == "ja":
        with translation.override("ja"):
            return f"{local.year}年{local.month}月{local.day}日（{date_format(local, 'D')}）{local:%H:%M}"
    return f"{local.day} {local:%B %Y, %H:%M} (JST)"


def components_of(incident: Incident, language: str) -> str:
    """The components in the language."""
    with translation.override(language):
        labels = [str(label) for label in incident.component_labels]
        return ("・" if language == "ja" else ", ").join(labels) or phrases.SERVICE[language]


def _minute(moment: datetime | None) -> datetime | None:
    """As people type it: a form that is sent back as it was changes nothing."""
    return moment and moment.replace(second=0, microsecond=0)


def _sections(
    incident: Incident, kind: ReportKind, language: str, companies: int | None, neutral: bool
) -> dict[str, str]:
    components = components_of(incident, language)
    title = incident.title_en or incident.title_ja if language == "en" else incident.title_ja
    standing = phrases.STANDINGS.get(incident.status, phrases.RESTORED)[language]
    facts: dict[str, Any] = {
        "components": components,
        "what": phrases.NEUTRAL_TITLE[language].format(components=components) if neutral else title,
        "began": said(incident.began_at or incident.detected_at, language),
        "detected": said(incident.detected_at, language),
        "recovered": said(incident.resolved_at or timezone.now(), language),
        "companies": _companies(companies, language, counted=kind == ReportKind.FINAL_REPORT),
        "standing": standing,
    }
    return {
        "title": phrases.TITLES[kind][language].format(**facts),
        "summary": phrases.SUMMARIES[kind][language].format(**facts),
        "impact": phrases.IMPACT[language].format(**facts),
        "cause": phrases.CAUSE[language] if incident.status == Status.INVESTIGATING else "",
        "stopgap": phrases.STOPGAP[language] if incident.status in _AT_WORK else "",
    }


def _companies(number: int | None, language: str, *, counted: bool) -> str:
    if number is None:
        return phrases.EVERYBODY[language]
    return (phrases.COUNTED if counted else phrases.SOME)[language].format(count=number)


def _course(incident: Incident, log: list[IncidentEntry], recovered: datetime | None, language: str) -> list[str]:
    """The lines of the timeline so far."""
    lines = [(incident.began_at, phrases.BEGAN), (incident.detected_at, phrases.DETECTED)]
    for entry in log:
        what = entry.facts.get("report" if entry.kind == EntryKind.PUBLISHED else "status", "")
        if entry.kind in {EntryKind.PUBLISHED, EntryKind.STATUS} and what in phrases.COURSE:
            lines.append((entry.at, phrases.COURSE[what]))
    lines.append((recovered, phrases.RECOVERED))
    known = sorted((at, words) for at, words in ((at, words[language]) for at, words in lines) if at is not None)
    return [f"{at.astimezone(ZONE):%Y-%m-%d %H:%M} {words}" for at, words in known]
