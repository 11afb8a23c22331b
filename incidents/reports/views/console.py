"""Documents about an incident for the company that it concerned (N5)."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from incidents.queries import PublicIncident, incident_of_tenant
from incidents.reports import contents, records
from incidents.reports.views.files import handed_out, require_known
from tenants.isolation.directory import current_company, provider_company


@menu_required("console.incidents")
@own_transactions
@require_safe
def report_file(request: MemberRequest, number: str, report_id: UUID, language: str, form: str) -> HttpResponse:
    """A published report, addressed to the company."""
    require_known(language, form)
    found = _found(request, number)
    published = next((one for one in found.reports if one.id == report_id), None)
    if published is None:
        raise Http404
    company, provider = current_company(), provider_company()
    paper = contents.report_paper(
        published,
        addressee=company.name if company else "",
        sender=provider.name if provider else "",
        impact=found.impact,
        language=language,
    )
    name = contents.document_number(published)
    return handed_out(paper, found.incident, form, name=name, actor=request.user.as_actor())


@menu_required("console.incidents")
@own_transactions
@require_safe
def record_file(request: MemberRequest, number: str, language: str, form: str) -> HttpResponse:
    """What was promised, told and done, as one document."""
    require_known(language, form)
    found = _found(request, number)
    record = records.record_of(found.incident, request.user.tenant_id)
    if record is None:
        raise Http404
    name = f"{found.incident.number}-record"
    return handed_out(
        records.record_paper(record, language), found.incident, form, name=name, actor=request.user.as_actor()
    )


def _found(request: MemberRequest, number: str) -> PublicIncident:
    found = incident_of_tenant(request.user.tenant_id, number)
    if found is None:
        raise Http404
    return found
