"""Opening an incident and leading it to its end (N1, N2, N3). Each step is in its log and in the provider's audit log.

Reports are in `incidents.publishing`, merging and reopening in `incidents.rounds`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from auditlog.actors import Actor, ActorKind
from config.business_hours import ZONE
from incidents import promises, publishing
from incidents.actions import (
    AUTHORITY_TOLD,
    COMMANDER_SET,
    INCIDENT_CHANGED,
    INCIDENT_OPENED,
    NOTE_WRITTEN,
    SEVERITY_SET,
)
from incidents.companies import name_companies
from incidents.components import BY_CODE
from incidents.log import enter
from incidents.models import EntryKind, Incident, IncidentEntry, ReportKind, Source
from incidents.recording import record
from incidents.severity import DEMANDS, Severity
from incidents.states import locked
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import platform_transaction, take_turns

# What an operator may correct while it is open.
DETAILS = ("title_ja", "title_en", "components", "began_at", "detected_at", "public", "personal_data", "malicious")


def open_incident(
    *,
    severity: str,
    title_ja: str,
    title_en: str = "",
    components: Sequence[str],
    detected_at: datetime,
    tenants: Collection[UUID] | None,
    source: str = Source.PERSON,
    source_id: str = "",
    personal_data: bool = False,
    malicious: bool = False,
    began_at: datetime | None = None,
    public: bool | None = None,
    actor: Actor,
) -> Incident:
    """Open an incident; its first notice is drafted and its promises run when this returns (N1).

    `tenants` are the affected companies, None for every one. `public` puts it on the status page; unless said, that is
    so when the severity demands it or every company is affected. A person who opens it commands it, until another one
    is named. Raises ValidationError, keyed by field.
    """
    demand = DEMANDS[_severity(severity)]
    incident = Incident(
        severity=severity,
        title_ja=title_ja.strip(),
        title_en=title_en.strip(),
        components=list(components),
        whole_service=tenants is None,
        public=demand.public or tenants is None if public is None else public,
        personal_data=personal_data,
        malicious=malicious,
        began_at=began_at,
        detected_at=detected_at,
        opened_by_name=actor.name or actor.user_id,
        source=source,
        source_id=source_id,
    )
    if actor.kind in {ActorKind.USER, ActorKind.OPERATOR} and actor.id is not None:
        incident.commander_id, incident.commander_name = actor.id, actor.name or actor.user_id
    _check(incident)
    with platform_transaction():
        _number(incident)
        incident.save(force_insert=True)
        name_companies(incident, set(tenants or ()), known_at=detected_at)
        enter(incident, EntryKind.OPENED, actor=actor, severity=severity)
        publishing.draft_report(incident, ReportKind.FIRST_NOTICE, actor=actor)
        promises.keep_in_step(incident, actor=actor)
        record(INCIDENT_OPENED, incident, actor=actor, after=_described(incident))
    return incident


def change_incident(incident: Incident, *, changes: dict[str, Any], actor: Actor) -> Incident:
    """Correct what is known of it (`DETAILS`); promises that follow from it change with it. Raises ValidationError."""
    with platform_transaction():
        incident = locked(incident)
        before = {name: getattr(incident, name) for name in changes}
        for name in DETAILS:
            setattr(incident, name, changes.get(name, getattr(incident, name)))
        _check(incident)
        changed = [name for name in before if before[name] != getattr(incident, name)]
        if changed:
            incident.save(update_fields=changed)
            labels = [str(Incident._meta.get_field(name).name) for name in changed]
            enter(incident, EntryKind.DETAILS, actor=actor, fields=labels)
            promises.keep_in_step(incident, actor=actor)
            after = {name: getattr(incident, name) for name in changed}
            old = {name: before[name] for name in changed}
            record(INCIDENT_CHANGED, incident, actor=actor, before=_plain(old), after=_plain(after))
    return incident


def set_severity(incident: Incident, *, severity: str, reason: str = "", actor: Actor) -> Incident:
    """Judge it anew: what the level demands begins, what it no longer demands is withdrawn (N3)."""
    _severity(severity)
    with platform_transaction():
        incident = locked(incident)
        before = incident.severity
        if severity != before:
            incident.severity = severity
            incident.public = incident.public or incident.demand.public
            incident.save(update_fields=["severity", "public"])
            enter(incident, EntryKind.SEVERITY, actor=actor, text=reason, severity=severity)
            promises.keep_in_step(incident, actor=actor)
            record(
                SEVERITY_SET,
                incident,
                actor=actor,
                before={"severity": before},
                after={"severity": severity, "reason": reason},
            )
    return incident


def set_commander(incident: Incident, *, commander: User, actor: Actor) -> Incident:
    """Name the operator who leads the work on it."""
    with platform_transaction():
        incident = locked(incident)
        before = incident.commander_name
        incident.commander_id, incident.commander_name = commander.id, commander.name
        incident.save(update_fields=["commander_id", "commander_name"])
        enter(incident, EntryKind.COMMANDER, actor=actor, name=commander.name)
        record(
            COMMANDER_SET,
            incident,
            actor=actor,
            before={"commander": before},
            after={"commander": commander.name, "id": str(commander.id)},
        )
    return incident


def note(incident: Incident, *, text: str, at: datetime | None = None, actor: Actor) -> IncidentEntry:
    """Write a line into the internal log, also of one that has ended. Raises ValidationError without a text."""
    if not text.strip():
        raise ValidationError({"text": _("Write what happened.")})
    with platform_transaction():
        entry = enter(incident, EntryKind.NOTE, actor=actor, text=text, at=at)
        record(NOTE_WRITTEN, incident, actor=actor, after={"at": entry.at, "text": entry.text})
    return entry


def note_authority(incident: Incident, *, step: str, at: datetime, actor: Actor) -> None:
    """The Personal Information Protection Commission was told: keeps `ppc_preliminary` or `ppc_final`."""
    if step not in promises.AUTHORITY or at > timezone.now():
        raise ValidationError({"at": _("Say when the authority was told.")})
    with platform_transaction():
        incident = locked(incident)
        promises.keep(incident, step, at, actor=actor)
        enter(incident, EntryKind.AUTHORITY, actor=actor, at=at, step=step)
        record(AUTHORITY_TOLD, incident, actor=actor, after={"step": step, "at": at})


def _number(incident: Incident) -> None:
    """The next number of the year in Japan: whoever is killed before the commit has used none."""
    provider = provider_company()
    with tenant_scope(provider.tenant_id if provider else None):
        take_turns("incidents")
    incident.year = incident.opened_at.astimezone(ZONE).year
    highest = Incident.objects.filter(year=incident.year).aggregate(highest=Max("sequence"))["highest"]
    incident.sequence = (highest or 0) + 1


def _severity(severity: str) -> Severity:
    if severity not in Severity.values:
        raise ValidationError({"severity": _("Choose a severity of the list.")})
    return Severity(severity)


def _check(incident: Incident) -> None:
    """Raise ValidationError, keyed by field, for what cannot be."""
    wrong: dict[str, str] = {}
    if not incident.title_ja:
        wrong["title_ja"] = _("The title is needed in Japanese.")
    if unknown := set(incident.components) - set(BY_CODE):
        wrong["components"] = _("There is no such component: %(codes)s.") % {"codes": ", ".join(sorted(unknown))}
    if incident.detected_at > timezone.now():
        wrong["detected_at"] = _("This moment is still to come.")
    if incident.began_at is not None and incident.began_at > incident.detected_at:
        wrong["began_at"] = _("It cannot have been detected before it began.")
    if wrong:
        raise ValidationError(wrong)


def _described(incident: Incident) -> dict[str, Any]:
    """For the audit log."""
    names = ("severity", "title_ja", "title_en", "whole_service", "source", "source_id", "commander_name", *DETAILS)
    companies = [str(row.tenant_id) for row in incident.affected.all()]
    return _plain({"number": incident.number, "companies": companies} | {n: getattr(incident, n) for n in names})


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
