"""The provider's pages about tenants (T1, T3)."""

from dataclasses import replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, menu_required, step_up
from accounts.forms import complain
from auditlog.actors import Actor, ActorKind
from tenants import queries
from tenants.forms import TenantFilterForm, TenantForm
from tenants.plans import PlanCode
from tenants.services import CreatedTenant, FirstUser, create_tenant
from tenants.tables import TenantTable

_FIELDS = {"admin_user_id": "user_id", "admin_name": "name", "admin_email": "email"}


@menu_required("operator.tenants")
@require_safe
def tenant_list(request: MemberRequest) -> HttpResponse:
    """Every tenant, with search and pages."""
    form = TenantFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = queries.tenant_page(
        search=asked.get("q", ""), state=asked.get("state", ""), number=request.GET.get("page", 1)
    )
    context = {"form": form, "page": page, "table": TenantTable(page.object_list)}
    return render(request, "tenants/operator/tenants.html", context)


@menu_required("operator.tenants")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def tenant_new(request: MemberRequest) -> HttpResponse:
    """Create a tenant and show its administrator's one-time link, this once: it is stored nowhere."""
    form = TenantForm(request.POST or None)
    if form.is_valid():
        try:
            created = _create(form, _as_operator(request))
        except ValidationError as error:
            complain(form, error)
        else:
            context = {"created": created, "valid_hours": settings.INVITATION_HOURS}
            return render(request, "tenants/operator/tenant_created.html", context)
    return render(request, "tenants/operator/tenant_new.html", {"form": form})


def _create(form: TenantForm, actor: Actor) -> CreatedTenant:
    typed = form.cleaned_data
    admin = FirstUser(**{field: typed[name] for name, field in _FIELDS.items()})
    return create_tenant(
        company_code=typed["company_code"], name=typed["name"], plan=PlanCode(typed["plan"]), admin=admin, actor=actor
    )


def _as_operator(request: MemberRequest) -> Actor:
    """A user of the provider is an operator to everybody else, also in the log of the new tenant (G10)."""
    return replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
