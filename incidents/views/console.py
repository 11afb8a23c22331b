"""What a company reads of the incidents that concerned it: what was published, and nothing else (N2, N5)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from incidents import queries
from incidents.tables import OwnIncidentTable
from tenants.isolation.context import require_tenant_id


@menu_required("console.incidents")
@require_safe
def incidents(request: MemberRequest) -> HttpResponse:
    """Those that concerned the company, newest first."""
    table = OwnIncidentTable(queries.incidents_of_tenant(require_tenant_id()))
    return render(request, "incidents/console/incidents.html", {"table": table})


@menu_required("console.incidents")
@require_safe
def incident(request: MemberRequest, number: str) -> HttpResponse:
    """One of them, with every report that was published."""
    found = queries.incident_of_tenant(require_tenant_id(), number)
    if found is None:
        raise Http404
    trail = [(_("Incidents"), reverse("console:incidents")), (found.incident.number, "")]
    return render(request, "incidents/console/incident.html", {"found": found, "trail": trail})
