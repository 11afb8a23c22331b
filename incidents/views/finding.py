"""What the operators' pages of incidents have in common."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from incidents import queries
from incidents.models import Incident, IncidentReport

MENU = "operator.incidents"


def found(number: str) -> Incident:
    """The incident of the address; 404 without one."""
    incident = queries.find_incident(number)
    if incident is None:
        raise Http404
    return incident


def found_report(number: str, report_id: UUID) -> IncidentReport:
    """The report of the address; 404 without one."""
    report = queries.find_report(found(number), report_id)
    if report is None:
        raise Http404
    return report


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Where the page is."""
    return [(_("Incidents"), reverse("operator:incidents")), *steps]


def link(incident: Incident) -> str:
    """The page of an incident."""
    return reverse("operator:incident", args=[incident.number])


def who(request: MemberRequest) -> dict[str, Any]:
    """Who acts."""
    return {"actor": request.user.as_actor()}
