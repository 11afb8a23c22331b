"""The internal log of an incident: what the product notes by itself, and how it says so in the reader's language."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.models import EntryKind, Incident, IncidentEntry, ReportKind, Status
from incidents.severity import Severity


def enter(
    incident: Incident, kind: EntryKind, *, actor: Actor, text: str = "", at: datetime | None = None, **facts: Any
) -> IncidentEntry:
    """Add a line, in the open transaction of the platform role; what it is part of is recorded by the caller."""
    entry = IncidentEntry(
        incident_id=incident.id,
        kind=kind,
        at=at or timezone.now(),
        text=text.strip(),
        facts=facts,
        actor_id=actor.id,
        actor_name=actor.name or actor.user_id,
    )
    entry.save(force_insert=True)
    return entry


def words_of(entry: IncidentEntry) -> str:
    """What the product noted, as a sentence in the reader's language; empty for a note of a person."""
    facts: dict[str, Any] = entry.facts
    match EntryKind(entry.kind):
        case EntryKind.OPENED | EntryKind.SEVERITY:
            return _("Severity: %(severity)s") % {"severity": Severity(facts["severity"]).label}
        case EntryKind.STATUS | EntryKind.REOPENED:
            return _("Status: %(status)s") % {"status": Status(facts["status"]).label}
        case EntryKind.COMMANDER:
            return _("Commander: %(name)s") % {"name": facts["name"]}
        case EntryKind.COMPANIES:
            return _("Affected companies added: %(added)s; removed: %(removed)s") % {
                "added": ", ".join(facts["added"]) or "–",
                "removed": ", ".join(facts["removed"]) or "–",
            }
        case EntryKind.PUBLISHED:
            return _("Published: %(kind)s") % {"kind": ReportKind(facts["report"]).label}
        case EntryKind.AUTHORITY:
            return _("Told to the authority: %(step)s") % {"step": facts["step"]}
        case EntryKind.MERGED:
            return _("Merged: %(other)s") % {"other": facts["other"]}
        case EntryKind.DETAILS:
            return _("Changed: %(fields)s") % {"fields": ", ".join(facts["fields"])}
    return ""
