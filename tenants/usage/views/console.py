"""The company's own usage (T9)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from tenants.queries import current_tenant
from tenants.usage import queries
from tenants.usage.forms import SpanForm
from tenants.usage.views.answers import figures, figures_csv


@menu_required("console.contract")
@require_safe
def usage(request: MemberRequest) -> HttpResponse:
    """Figures over time, as charts with their tables."""
    tenant, form = current_tenant(), SpanForm(request.GET)
    found = queries.points(tenant, form.chosen(), timezone.now())
    return render(request, "tenants/usage/usage.html", figures(tenant, form, found))


@menu_required("console.contract")
@require_safe
def usage_csv(request: MemberRequest) -> HttpResponse:
    """The same to take along."""
    tenant, form = current_tenant(), SpanForm(request.GET)
    return figures_csv(tenant, form, queries.points(tenant, form.chosen(), timezone.now()))
