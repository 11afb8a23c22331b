"""The emergency opening, for operators (A4)."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, menu_required, own_transactions, step_up_to_change
from accounts.forms import complain
from accounts.network import queries
from accounts.network.forms import OpeningForm
from accounts.network.opening import open_in_emergency
from accounts.network.tables import RestrictedTable
from auditlog.actors import ActorKind
from tenants.isolation.directory import resolve_company
from tenants.queries import all_tenants


@menu_required("operator.network")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def openings(request: MemberRequest) -> HttpResponse:
    """Which companies restrict addresses, which are open now, and the form that opens one."""
    form = OpeningForm(request.POST or None)
    if form.is_valid():
        try:
            _open(request, form)
        except ValidationError as error:
            complain(form, error)
        else:
            until = {"code": form.cleaned_data["company_code"], "minutes": form.cleaned_data["minutes"]}
            messages.success(
                request, _("%(code)s is open for %(minutes)d minutes; its administrators are told.") % until
            )
            return redirect("operator:network")
    return render(request, "accounts/operator/network.html", {"form": form, "table": RestrictedTable(_restricted())})


def _open(request: MemberRequest, form: OpeningForm) -> None:
    typed = form.cleaned_data
    company = resolve_company(typed["company_code"])
    if company is None:
        raise ValidationError({"company_code": _("No company has this code.")})
    # A user of the provider is an operator to everybody else, also in the log of the company (G10).
    actor = replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
    open_in_emergency(company, minutes=typed["minutes"], reason=typed["reason"], actor=actor)


def _restricted() -> list[dict[str, object]]:
    names = {tenant.id: tenant for tenant in all_tenants()}
    found = [(names[row.tenant_id], row) for row in queries.restricted_companies() if row.tenant_id in names]
    found.sort(key=lambda pair: pair[0].company_code)
    return [
        {"code": tenant.company_code, "name": tenant.name, "open_until": row.open_until, "is_open": row.is_open}
        for tenant, row in found
    ]
