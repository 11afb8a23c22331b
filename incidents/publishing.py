"""Reports of an incident: drafted by the product, changed by people, published once (N1, N3)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents import promises, telling
from incidents.actions import REPORT_DISCARDED, REPORT_DRAFTED, REPORT_EDITED, REPORT_PUBLISHED
from incidents.drafts import draft, next_update
from incidents.log import enter
from incidents.models import EntryKind, Incident, IncidentReport, ReportKind, ReportState, Status
from incidents.models.report import SECTIONS
from incidents.queries import tenant_ids_of
from incidents.recording import record
from incidents.states import locked, move
from tenants.isolation.transactions import platform_transaction

# What a person may change of a draft.
WORDS = tuple(f"{name}_{language}" for name in ("title", *SECTIONS) for language in ("ja", "en"))
FIELDS = (*WORDS, "began_at", "detected_at", "recovered_at", "next_update_at")


def draft_report(incident: Incident, kind: str, *, actor: Actor) -> IncidentReport:
    """Draft the report of a kind from what is known by now. Raises ValidationError while there is another draft."""
    with platform_transaction():
        incident = locked(incident)
        if incident.reports.filter(state=ReportState.DRAFT).exists():
            raise ValidationError(_("There is a draft already: publish or discard it first."), code="draft")
        if kind == ReportKind.FINAL_REPORT and incident.resolved_at is None:
            raise ValidationError(_("The final report comes after the recovery."), code="order")
        report = _made(incident, ReportKind(kind))
        report.save(force_insert=True)
        record(REPORT_DRAFTED, incident, actor=actor, after={"report": kind})
    return report


def change_report(report: IncidentReport, *, changes: dict[str, Any], actor: Actor) -> IncidentReport:
    """Say it differently (`FIELDS`), before it is published. Raises ValidationError, keyed by field."""
    with platform_transaction():
        incident = locked(report.incident)
        report = _open(report)
        before = {name: getattr(report, name) for name in changes}
        for name in FIELDS:
            setattr(report, name, changes.get(name, getattr(report, name)))
        _check(report)
        changed = [name for name in before if before[name] != getattr(report, name)]
        if changed:
            report.edited_by_name, report.edited_at = actor.name or actor.user_id, timezone.now()
            report.save(update_fields=[*changed, "edited_by_name", "edited_at"])
            record(
                REPORT_EDITED,
                incident,
                actor=actor,
                before={name: str(before[name]) for name in changed},
                after={name: str(getattr(report, name)) for name in changed},
            )
    return report


def discard_report(report: IncidentReport, *, actor: Actor) -> None:
    """Leave a draft unpublished for good."""
    with platform_transaction():
        incident = locked(report.incident)
        report = _open(report)
        report.state = ReportState.DISCARDED
        report.save(update_fields=["state"])
        record(REPORT_DISCARDED, incident, actor=actor, before={"report": report.kind, "title": report.title_ja})


def publish_report(report: IncidentReport, *, actor: Actor) -> IncidentReport:
    """Tell every affected company, and keep the promises that hang on it (N1, N2). Raises ValidationError.

    A recovery says that it has recovered; a report that promises a next one starts that promise. Published again it
    stays as it is: whoever asks twice tells once.
    """
    with platform_transaction():
        current = IncidentReport.objects.select_for_update().get(id=report.id)
        if current.state == ReportState.PUBLISHED:
            return current
        incident = locked(current.incident)
        report = _open(current)
        _check(report)
        return _publish(incident, report, actor=actor)


def publish_neutral(incident: Incident, *, actor: Actor) -> IncidentReport | None:
    """Publish a first notice in the words of the product alone, if nobody published anything (N1).

    A draft that a person has begun stays, as one of an update. None where something went out meanwhile.
    """
    with platform_transaction():
        incident = locked(incident)
        if not _nothing_told(incident):
            return None
        started = incident.reports.filter(state=ReportState.DRAFT).first()
        if started is not None:
            started.state = ReportState.DISCARDED
            started.save(update_fields=["state"])
        report = _made(incident, ReportKind.FIRST_NOTICE, neutral=True)
        report.save(force_insert=True)
        report = _publish(incident, report, actor=actor)
        if started is not None and started.edited_by_name:
            started.kind, started.state = ReportKind.UPDATE, ReportState.DRAFT
            started.save(update_fields=["kind", "state"])
        return report


def _publish(incident: Incident, report: IncidentReport, *, actor: Actor) -> IncidentReport:
    """What publishing is, whoever does it: in the caller's transaction, with the incident locked."""
    now = timezone.now()
    _promise(incident, report, now)
    tenant_ids = tenant_ids_of(incident)
    if tenant_ids is None or tenant_ids:
        report.notice_id = telling.tell(incident, report, tenant_ids, actor=actor).id
    last = incident.reports.aggregate(last=Max("number"))["last"]
    report.number, report.state = (last or 0) + 1, ReportState.PUBLISHED
    report.published_at, report.published_by_id = now, actor.id
    report.published_by_name = actor.name or actor.user_id
    report.save()
    if report.kind == ReportKind.RECOVERY and incident.goes_on:
        move(incident, Status.RESOLVED, report.recovered_at or now)
    incident.published_at, incident.told_at = incident.published_at or now, now
    incident.next_update_at = report.next_update_at
    incident.save(update_fields=["published_at", "told_at", "next_update_at"])
    incident.affected.filter(told_at=None).update(told_at=now)
    enter(incident, EntryKind.PUBLISHED, actor=actor, at=now, report=report.kind, number=report.number)
    promises.keep_those_of_report(incident, report.kind, now, actor=actor)
    promises.keep_in_step(incident, actor=actor)
    companies = "all" if tenant_ids is None else len(tenant_ids)
    after = {"report": report.kind, "number": report.number, "title": report.title_ja, "companies": companies}
    record(REPORT_PUBLISHED, incident, actor=actor, after=after)
    return report


def _promise(incident: Incident, report: IncidentReport, now: datetime) -> None:
    """A next report is promised for later than now. One that the product chose counts from the publication."""
    if not report.edited_by_name:
        report.next_update_at = next_update(incident, report.kind, now)
    if report.next_update_at is not None and report.next_update_at <= now:
        raise ValidationError({"next_update_at": _("The next report is promised for a moment that is over.")})


def _made(incident: Incident, kind: ReportKind, *, neutral: bool = False) -> IncidentReport:
    tenant_ids = tenant_ids_of(incident)
    return draft(
        incident,
        kind,
        companies=None if tenant_ids is None else len(tenant_ids),
        log=incident.entries.all(),
        before=incident.reports.filter(state=ReportState.PUBLISHED).order_by("number").last(),
        neutral=neutral,
    )


def _open(report: IncidentReport) -> IncidentReport:
    current = IncidentReport.objects.select_for_update().select_related("incident").get(id=report.id)
    if not current.is_draft:
        raise ValidationError(_("This report is no draft any more: write another one."), code="state")
    return current


def _check(report: IncidentReport) -> None:
    """Raise ValidationError, keyed by field, for what cannot go out."""
    wrong: dict[str, str] = {}
    for name in ("title_ja", "summary_ja"):
        if not getattr(report, name).strip():
            wrong[name] = _("This is needed in Japanese.")
    if report.kind == ReportKind.RECOVERY and report.recovered_at is None:
        wrong["recovered_at"] = _("Say when it had recovered.")
    if report.recovered_at is not None and report.recovered_at > timezone.now():
        wrong["recovered_at"] = _("This moment is still to come.")
    if wrong:
        raise ValidationError(wrong)


def _nothing_told(incident: Incident) -> bool:
    """Whether this round has had no report so far."""
    since = incident.round_began_at
    return not incident.reports.filter(state=ReportState.PUBLISHED, published_at__gte=since).exists()
