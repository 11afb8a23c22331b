"""Which companies an incident affects, on the operators' pages (N2)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents import companies, queries
from incidents.forms import CompaniesForm, ImpactForm
from incidents.views.finding import MENU, found, link, trail, who


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def incident_companies(request: MemberRequest, number: str) -> HttpResponse:
    """Say which are affected: new ones have to be told from now on."""
    incident = found(number)
    codes = "\n".join(each.tenant.company_code for each in queries.affected_of(incident) if each.tenant)
    form = CompaniesForm(request.POST or None, initial={"tenants": codes})
    if request.method == "POST" and form.is_valid():
        try:
            companies.set_companies(incident, **form.cleaned_data, **who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The affected companies are set."))
            return redirect(link(incident))
    steps = ((incident.number, link(incident)), (_("Affected companies"), ""))
    context = {"form": form, "incident": incident, "trail": trail(*steps)}
    return render(request, "incidents/operator/companies.html", context)


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def incident_impact(request: MemberRequest, number: str, tenant_id: UUID) -> HttpResponse:
    """Say what it means to one company."""
    incident = found(number)
    affected = next((each for each in queries.affected_of(incident) if each.row.tenant_id == tenant_id), None)
    if affected is None:
        raise Http404
    initial = {"impact_ja": affected.row.impact_ja, "impact_en": affected.row.impact_en}
    form = ImpactForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            companies.set_impact(incident, tenant_id=tenant_id, **form.cleaned_data, **who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The company reads it on its page."))
            return redirect(link(incident))
    name = affected.tenant.name if affected.tenant else ""
    steps = ((incident.number, link(incident)), (name, ""))
    context = {"form": form, "incident": incident, "affected": affected, "trail": trail(*steps)}
    return render(request, "incidents/operator/impact.html", context)
