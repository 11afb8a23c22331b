"""What an incident demands and whether it is done, and what its commander does next: pure reading (N1, N2, N3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents import promises
from incidents.clock.models import Deadline
from incidents.models import Incident, IncidentReport, ReportKind, ReportState, Status
from incidents.severity import Demand

LABELS: dict[str, Promise] = {
    promises.FIRST_NOTICE: _("First notice within 2 hours of detection"),
    promises.TENANTS_TOLD: _("Affected companies told by the close of the next business day"),
    promises.NEXT_UPDATE: _("Next report as promised"),
    promises.PPC_PRELIMINARY: _("Preliminary report to the Personal Information Protection Commission"),
    promises.PPC_FINAL: _("Final report to the Personal Information Protection Commission"),
    promises.FINAL_REPORT: _("Final report within 5 business days of the recovery"),
    promises.REVIEW: _("Review within 10 business days of the recovery"),
}
STATES: dict[str, Promise] = {
    "done": pgettext_lazy("promise", "Kept"),
    "late": pgettext_lazy("promise", "Done, too late"),
    "overdue": pgettext_lazy("promise", "Overdue"),
    "running": pgettext_lazy("promise", "Clock running"),
    "later": pgettext_lazy("promise", "Not yet"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is demanded; without a deadline it is not due yet."""

    kind: str
    deadline: Deadline | None

    @property
    def label(self) -> Promise:
        """What is demanded."""
        return LABELS[self.kind]

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self.deadline is None:
            return "later"
        if self.deadline.met_at is not None:
            return "late" if self.deadline.missed_at is not None else "done"
        return "overdue" if self.deadline.missed_at is not None else "running"

    @property
    def state_label(self) -> Promise:
        """The state for people."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: `deed` is a form on the page of the incident, or `report` a page to go to."""

    label: Promise
    deed: str = ""
    kind: str = ""
    report: UUID | None = None


def checklist(incident: Incident, deadlines: Sequence[Deadline]) -> list[Item]:
    """What is demanded now and will be, in the order in which it comes; the newest deadline of each kind."""
    newest = {deadline.kind: deadline for deadline in deadlines if deadline.withdrawn_at is None}
    demanded = _demanded(incident, incident.demand)
    return [Item(kind, newest.get(kind)) for kind in LABELS if kind in demanded or kind in newest]


def next_step(incident: Incident, reports: Sequence[IncidentReport], items: Sequence[Item]) -> Step | None:
    """The primary button; None where nothing is left to do."""
    if incident.has_ended:
        return None
    draft = next((report for report in reports if report.state == ReportState.DRAFT), None)
    told = {report.kind for report in reports if report.state == ReportState.PUBLISHED}
    if draft is not None:
        label = (
            _("Review and publish: first notice") if draft.kind == ReportKind.FIRST_NOTICE else _("Finish the draft")
        )
        return Step(label, report=draft.id)
    if incident.goes_on:
        if incident.status == Status.MONITORING:
            return Step(_("Report the recovery"), deed="draft", kind=ReportKind.RECOVERY)
        return Step(_("Write the next update"), deed="draft", kind=ReportKind.UPDATE)
    if told and not told & {ReportKind.RECOVERY, ReportKind.FINAL_REPORT}:
        return Step(_("Report the recovery"), deed="draft", kind=ReportKind.RECOVERY)
    if incident.demand.final_report and ReportKind.FINAL_REPORT not in told:
        return Step(_("Write the final report"), deed="draft", kind=ReportKind.FINAL_REPORT)
    if not any(item.state in {"running", "overdue"} for item in items):
        return Step(_("Close the incident"), deed="close")
    return None


def _demanded(incident: Incident, demand: Demand) -> set[str]:
    asked = {
        promises.FIRST_NOTICE: demand.first_notice,
        promises.TENANTS_TOLD: demand.tenants_told,
        promises.NEXT_UPDATE: demand.updates is not None and incident.goes_on and incident.published_at is not None,
        promises.PPC_PRELIMINARY: incident.personal_data,
        promises.PPC_FINAL: incident.personal_data,
        promises.FINAL_REPORT: demand.final_report,
        promises.REVIEW: demand.review,
    }
    return {kind for kind, wanted in asked.items() if wanted}
