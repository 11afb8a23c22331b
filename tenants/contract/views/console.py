"""The company's own contract (T2, T5, T7, T10)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up_to_change
from tenants.contract.forms import OrganisationForm, TimeZoneForm
from tenants.contract.queries import organisation_of
from tenants.contract.views.shown import menus_form, month_context, save_menus, save_organisation, save_zone, terms
from tenants.isolation.directory import provider_company
from tenants.models import Edition
from tenants.queries import current_tenant


@menu_required("console.contract")
@require_safe
def contract(request: MemberRequest) -> HttpResponse:
    """What was agreed, how much of it is used, who sets what, and the organisation record."""
    return _page(request)


@menu_required("console.contract")
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: MemberRequest) -> HttpResponse:
    """Keep the organisation record (T5)."""
    tenant = current_tenant()
    record = organisation_of(tenant)
    form = OrganisationForm(request.POST or None, instance=record)
    if save_organisation(form, record, request.user.as_actor()):
        messages.success(request, _("The organisation record was saved."))
        return redirect("console:contract")
    trail = [(_("Contract"), reverse("console:contract")), (_("Organisation record"), "")]
    context = {"form": form, "trail": trail, "back": reverse("console:contract")}
    return render(request, "tenants/contract/organisation.html", context)


@menu_required("console.contract")
@require_POST
def zone(request: MemberRequest) -> HttpResponse:
    """Count the company's months in another time zone (T10)."""
    form = TimeZoneForm(request.POST)
    if not save_zone(form, current_tenant(), request.user.as_actor()):
        return _page(request, zone_form=form)
    messages.success(request, _("The time zone was saved. It applies from the month-end that comes next."))
    return redirect("console:contract")


@menu_required("console.contract")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def menus(request: MemberRequest) -> HttpResponse:
    """Which menus are open in the company: its own choice in the Private edition, the provider's in the Public one."""
    tenant = current_tenant()
    form = menus_form(tenant, request.POST if request.method == "POST" else None)
    if form.is_bound and save_menus(form, tenant, request.user.as_actor()):
        messages.success(request, _("The menus were saved. They apply from the next click on."))
        return redirect("console:contract")
    context = {
        "form": form,
        "tenant": tenant,
        "may_set": tenant.edition == Edition.PRIVATE,
        "trail": [(_("Contract"), reverse("console:contract")), (_("Menu rights"), "")],
    }
    return render(request, "tenants/contract/menus.html", context)


def _page(request: MemberRequest, *, zone_form: TimeZoneForm | None = None) -> HttpResponse:
    tenant = current_tenant()
    context = terms(tenant) | month_context(tenant, zone_form)
    context |= {"organisation": organisation_of(tenant), "provider": provider_company()}
    return render(request, "tenants/contract/contract.html", context)
