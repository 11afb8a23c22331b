"""What the status page calls things, in the language that is active."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.status.document import State, StatusDocument

STATES: dict[str, Promise] = {
    State.OPERATIONAL: pgettext_lazy("state of the service", "Operational"),
    State.MAINTENANCE: pgettext_lazy("state of the service", "Maintenance"),
    State.UNKNOWN: pgettext_lazy("state of the service", "Unknown"),
    State.DEGRADED: pgettext_lazy("state of the service", "Impaired"),
    State.DOWN: pgettext_lazy("state of the service", "Down"),
}
_HEADLINES: dict[str, Promise] = {
    State.OPERATIONAL: _("Everything is working"),
    State.MAINTENANCE: _("Maintenance is under way"),
    State.UNKNOWN: _("The state of a part of the service is not known"),
    State.DEGRADED: _("A part of the service is impaired"),
    State.DOWN: _("A part of the service is down"),
}
_NO_ANSWER = _("The service does not answer")
_TOO_OLD = _("How the service does now is not known")

INCIDENT_STATUSES: dict[str, Promise] = {
    "investigating": pgettext_lazy("status of an incident", "Investigating"),
    "identified": pgettext_lazy("status of an incident", "Cause found"),
    "monitoring": pgettext_lazy("status of an incident", "Under observation"),
    "resolved": pgettext_lazy("status of an incident", "Resolved"),
    "closed": pgettext_lazy("status of an incident", "Closed"),
    "merged": pgettext_lazy("status of an incident", "Part of another one"),
}
SEVERITIES: dict[str, Promise] = {
    "critical": pgettext_lazy("severity of an incident", "Critical"),
    "serious": pgettext_lazy("severity of an incident", "Serious"),
    "moderate": pgettext_lazy("severity of an incident", "Moderate"),
    "minor": pgettext_lazy("severity of an incident", "Minor"),
}
REPORTS: dict[str, Promise] = {
    "first_notice": pgettext_lazy("report about an incident", "First notice"),
    "update": pgettext_lazy("report about an incident", "Update"),
    "recovery": pgettext_lazy("report about an incident", "Recovery"),
    "final_report": pgettext_lazy("report about an incident", "Final report"),
}
MAINTENANCE_STATES: dict[str, Promise] = {
    "announced": pgettext_lazy("state of maintenance", "Announced"),
    "under_way": pgettext_lazy("state of maintenance", "Under way"),
    "done": pgettext_lazy("state of maintenance", "Done"),
    "cancelled": pgettext_lazy("state of maintenance", "Cancelled"),
}
_ALL = {
    "state": STATES,
    "incident": INCIDENT_STATUSES,
    "severity": SEVERITIES,
    "report": REPORTS,
    "maintenance": MAINTENANCE_STATES,
}


def label(what: str, code: str) -> str:
    """The word for a code; the code itself where a newer release has written one that is not known here."""
    return str(_ALL[what].get(code, code))


def headline(document: StatusDocument, *, stale: bool) -> str:
    """The whole state of the service in one sentence."""
    if document.outage is not None:
        return str(_NO_ANSWER)
    return str(_TOO_OLD) if stale else str(_HEADLINES[document.state])
