"""Writing the review of an incident, and following its measures up (N3, N5)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.clock.services import meet_deadline
from incidents.drafts import LANGUAGES
from incidents.models import Incident, IncidentReport, ReportKind, ReportState
from incidents.publishing import change_report, draft_report
from incidents.recording import record
from incidents.reports.actions import (
    DOCUMENT_EXPORTED,
    MEASURE_ADDED,
    MEASURE_DONE,
    MEASURE_DROPPED,
    REVIEW_FINISHED,
    REVIEW_SAVED,
)
from incidents.reports.models import Measure, MeasureKind, Review
from tenants.isolation.transactions import platform_transaction

# Which section of the final report the measures of a kind go into.
_SECTIONS = {MeasureKind.STOPGAP: "stopgap", MeasureKind.REMEDY: "remedy", MeasureKind.PREVENTION: "prevention"}
_WRITTEN = ("held_on", "participants", "direct_cause", "root_cause", "went_well", "went_badly")


def save_review(incident: Incident, *, actor: Actor, **written: Any) -> Review:
    """Begin the review or change it. Raises ValidationError once it is finished."""
    with platform_transaction():
        review = _open_review(incident) or Review(incident=incident)
        before = {name: getattr(review, name) for name in _WRITTEN}
        for name in _WRITTEN:
            setattr(review, name, written[name])
        review.saved_at, review.saved_by_name = timezone.now(), actor.name
        review.save()
        record(REVIEW_SAVED, incident, actor=actor, before=before, after={name: written[name] for name in _WRITTEN})
    return review


def finish_review(incident: Incident, *, actor: Actor) -> Review:
    """Close it: it cannot be changed any more, its measures go on. Meets the deadline of the review.

    Raises ValidationError before the recovery, without causes, or without a measure.
    """
    with platform_transaction():
        review = _open_review(incident)
        if review is None or not (review.direct_cause.strip() and review.root_cause.strip()):
            raise ValidationError(_("Write down the direct cause and the root cause first."), code="causes")
        if incident.resolved_at is None:
            raise ValidationError(_("The incident is not recovered yet."), code="goes_on")
        if not Measure.objects.filter(incident=incident, dropped_at=None).exists():
            raise ValidationError(_("Add at least one measure first."), code="measures")
        review.finished_at, review.finished_by_name = timezone.now(), actor.name
        review.save(update_fields=["finished_at", "finished_by_name"])
        meet_deadline("review", about_id=incident.id, at=review.finished_at, actor=actor)
        record(REVIEW_FINISHED, incident, actor=actor)
    return review


def add_measure(
    incident: Incident, *, kind: str, text_ja: str, text_en: str, owner: str, due_on: date, actor: Actor
) -> Measure:
    """Write down what somebody is to do by a day."""
    measure = Measure(incident=incident, kind=kind, text_ja=text_ja, text_en=text_en, owner=owner, due_on=due_on)
    measure.added_by_name = actor.name
    with platform_transaction():
        measure.save(force_insert=True)
        record(MEASURE_ADDED, incident, actor=actor, after=_facts(measure))
    return measure


def complete_measure(measure_id: UUID, *, proof: str, actor: Actor) -> Measure:
    """It is done, and how that shows. Raises ValidationError when it is not open."""
    with platform_transaction():
        measure = _open_measure(measure_id)
        measure.done_at, measure.done_by_name, measure.proof = timezone.now(), actor.name, _required(proof, "proof")
        measure.save(update_fields=["done_at", "done_by_name", "proof"])
        record(MEASURE_DONE, measure.incident, actor=actor, after=_facts(measure) | {"proof": measure.proof})
    return measure


def drop_measure(measure_id: UUID, *, reason: str, actor: Actor) -> Measure:
    """It will not be done, and why. Raises ValidationError when it is not open."""
    with platform_transaction():
        measure = _open_measure(measure_id)
        measure.dropped_at, measure.dropped_by_name = timezone.now(), actor.name
        measure.drop_reason = _required(reason, "reason")
        measure.save(update_fields=["dropped_at", "dropped_by_name", "drop_reason"])
        record(MEASURE_DROPPED, measure.incident, actor=actor, after=_facts(measure) | {"reason": reason})
    return measure


def fill_final_report(incident: Incident, *, actor: Actor) -> IncidentReport:
    """Take causes and measures over into the draft of the final report, which is begun if there is none.

    What stands in the draft already stays; the causes come in the words of the review. Raises ValidationError while
    another report is being drafted.
    """
    with platform_transaction():
        draft = incident.reports.filter(state=ReportState.DRAFT, kind=ReportKind.FINAL_REPORT).first()
        draft = draft or draft_report(incident, ReportKind.FINAL_REPORT, actor=actor)
        review = Review.objects.filter(incident=incident).first()
        measures = list(Measure.objects.filter(incident=incident, dropped_at=None))
        found = {"cause_ja": f"{review.direct_cause}\n\n{review.root_cause}".strip()} if review else {}
        for kind, section in _SECTIONS.items():
            chosen = [measure for measure in measures if measure.kind == kind]
            for language in LANGUAGES:
                found[f"{section}_{language}"] = "\n".join(in_words(measure, language) for measure in chosen)
        changes = {name: text for name, text in found.items() if text and not getattr(draft, name).strip()}
        return change_report(draft, changes=changes, actor=actor) if changes else draft


def in_words(measure: Measure, language: str) -> str:
    """A measure as a line of a report, with who does it and by when."""
    with translation.override(language):
        facts = {"what": measure.text, "owner": measure.owner, "day": f"{measure.due_on:%Y-%m-%d}"}
        return _("- %(what)s (%(owner)s, by %(day)s)") % facts


def note_export(incident: Incident, name: str, *, actor: Actor) -> None:
    """Write down that somebody took a document along."""
    with platform_transaction():
        record(DOCUMENT_EXPORTED, incident, actor=actor, after={"document": name})


def _open_review(incident: Incident) -> Review | None:
    review = Review.objects.select_for_update().filter(incident=incident).first()
    if review is not None and review.finished_at is not None:
        raise ValidationError(_("The review is finished."), code="finished")
    return review


def _open_measure(measure_id: UUID) -> Measure:
    measure = Measure.objects.select_for_update().select_related("incident").filter(id=measure_id).first()
    if measure is None or not measure.is_open:
        raise ValidationError(_("This measure is no longer open."), code="state")
    return measure


def _required(text: str, field: str) -> str:
    if not text.strip():
        raise ValidationError({field: _("Say it in a sentence: it stays on record.")})
    return text.strip()


def _facts(measure: Measure) -> dict[str, Any]:
    return {"kind": measure.kind, "text": measure.text_ja, "owner": measure.owner, "due_on": measure.due_on}
