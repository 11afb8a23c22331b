"""How long audit logs are kept, for operators (G5)."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up_to_change
from accounts.forms import complain
from auditlog.actors import ActorKind
from auditlog.models import RetentionClass
from auditlog.recording.queries import current_recording
from auditlog.retention import queries
from auditlog.retention.classes import change_retention_class
from auditlog.retention.forms import ClassForm
from auditlog.retention.tables import DropTable, RelocationTable, RoomTable
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import tenant_transaction
from tenants.queries import all_tenants


@menu_required("operator.audit")
@require_safe
def audit_retention(request: MemberRequest) -> HttpResponse:
    """The partitions by class, what is wrong with them, what went lately, which changes are on their way."""
    context = {
        "problems": queries.open_problems(),
        "rooms": RoomTable(queries.room(queries.all_partitions(), timezone.now())),
        "drops": DropTable(queries.last_drops()),
        "relocations": RelocationTable(
            queries.relocations(), codes={each.id: each.company_code for each in all_tenants()}
        ),
    }
    return render(request, "auditlog/operator/retention.html", context)


@menu_required("operator.tenants")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def tenant_retention(request: MemberRequest, company_code: str) -> HttpResponse:
    """For how long a company's log is kept, and changing it."""
    company = resolve_company(company_code)
    if company is None:
        raise Http404
    with tenant_transaction(company.tenant_id):
        policy, relocation = current_recording(), queries.current_relocation()
        oldest = queries.oldest_event_at()
    form = ClassForm(request.POST or None, current=RetentionClass(policy.retention_class))
    if form.is_valid():
        # A user of the provider is an operator to everybody else, also in the log of the company (G10).
        actor = replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
        try:
            change_retention_class(company, form.chosen(), reason=form.cleaned_data["reason"], actor=actor)
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The retention period was changed. Earlier events follow in the background."))
            return redirect("operator:tenant_retention", company_code)
    trail = [
        (_("Tenants"), reverse("operator:tenants")),
        (company.code, reverse("operator:tenant_audit", args=[company.code])),
        (_("Retention period"), ""),
    ]
    context = {"company": company, "policy": policy, "relocation": relocation, "oldest": oldest, "form": form}
    return render(request, "auditlog/operator/tenant_retention.html", context | {"trail": trail})
