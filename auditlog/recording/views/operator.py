"""What is recorded of a company, for operators (G4)."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, menu_required, own_transactions, step_up_to_change
from auditlog.actors import ActorKind
from auditlog.recording.forms import RecordingForm
from auditlog.recording.queries import current_recording
from auditlog.recording.views.shown import change, context
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Edition
from tenants.queries import tenant_by_code


@menu_required("operator.tenants")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def tenant_audit(request: MemberRequest, company_code: str) -> HttpResponse:
    """The provider's choice for a company in the Public edition; in the Private one, what the company has chosen."""
    tenant = tenant_by_code(company_code)
    if tenant is None:
        raise Http404
    # A user of the provider is an operator to everybody else, also in the log of the company (G10).
    actor = replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
    with tenant_transaction(tenant.id):
        policy = current_recording()
        form = RecordingForm(request.POST or None, policy=policy)
        changed = form.is_bound and change(form, actor)
        editable = tenant.edition == Edition.PUBLIC or form.is_bound
        shown = context(policy, form if editable else None)
    if changed:
        messages.success(request, _("The settings of the audit log were saved. They apply from the next event on."))
        return redirect("operator:tenant_audit", company_code)
    trail = [(_("Tenants"), reverse("operator:tenants")), (tenant.company_code, "")]
    return render(request, "auditlog/operator/settings.html", shown | {"tenant": tenant, "trail": trail})
