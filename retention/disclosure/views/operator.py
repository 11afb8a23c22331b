"""Disclosures on the operators' pages: ask, approve, download, note to whom it went (R5)."""

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up, step_up_to_change
from accounts.forms import complain
from retention.disclosure import making, queries, services
from retention.disclosure.models import PACKAGE_DAYS, Disclosure, DisclosureState
from retention.disclosure.tables import DisclosureTable, HandOutTable
from retention.holds.forms import CodeForm, CompanyForm, DisclosureForm, HandOutForm, HeldDisclosureForm
from retention.holds.models import Scope
from retention.holds.queries import find_hold
from retention.holds.scopes import Reach
from retention.holds.views.operator import chosen
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.models import Tenant
from tenants.queries import tenant_by_code
from vault.errors import VaultError

logger = logging.getLogger(__name__)


@menu_required("operator.holds")
@require_safe
def disclosures(request: MemberRequest) -> HttpResponse:
    """Every disclosure, newest first."""
    page = queries.disclosure_page(number=request.GET.get("page", 1))
    context = {"page": page, "table": DisclosureTable(page.object_list)}
    return render(request, "retention/disclosure/disclosures.html", context)


@menu_required("operator.holds")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def disclosure_new(request: MemberRequest) -> HttpResponse:
    """Choose a company, say what was ordered, ask."""
    chooser = CompanyForm(request.GET or None)
    tenant = chosen(chooser)
    form = DisclosureForm(request.POST or None)
    if tenant is not None and form.is_valid() and (asked := _ask(request, tenant, form)):
        return asked
    context = {"chooser": chooser, "form": form, "tenant": tenant, "trail": _trail(_("Ask for a disclosure"))}
    return render(request, "retention/disclosure/new.html", context)


@menu_required("operator.holds")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def disclosure_of_hold(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """Ask for what a hold covers and has kept."""
    hold = find_hold(hold_id)
    tenant = tenant_by_code(hold.company_code) if hold else None
    if hold is None or tenant is None:
        raise Http404
    form = HeldDisclosureForm(request.POST or None, initial=HeldDisclosureForm.initial_of(hold))
    if form.is_valid() and (asked := _ask(request, tenant, form, hold_id)):
        return asked
    context = {"hold": hold, "form": form, "tenant": tenant, "trail": _trail(_("Ask for a disclosure"))}
    return render(request, "retention/disclosure/new.html", context)


@menu_required("operator.holds")
@require_safe
def disclosure(request: MemberRequest, disclosure_id: UUID) -> HttpResponse:
    """One disclosure: the order, the package, to whom it went."""
    return _page(request, _found(disclosure_id))


@menu_required("operator.holds")
@require_POST
@step_up
def approve(request: MemberRequest, disclosure_id: UUID) -> HttpResponse:
    """Have the package made, as another operator than the one who asked."""
    found, form = _found(disclosure_id), CodeForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["confirmation"]
        try:
            services.approve_disclosure(found.id, typed_code=typed, **_who(request))
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                complain(form, error)
            else:  # said of the disclosure, not of a field
                messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The package is being made. It will be here."))
    return _page(request, found, code_form=form) if form.errors else redirect("operator:disclosure", found.id)


@menu_required("operator.holds")
@require_POST
def refuse(request: MemberRequest, disclosure_id: UUID) -> HttpResponse:
    """Say no, or take it back."""
    try:
        services.refuse_disclosure(_found(disclosure_id).id, **_who(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The disclosure was refused. Nothing was put together."))
    return redirect("operator:disclosure", disclosure_id)


@menu_required("operator.holds")
@require_safe
@own_transactions
@step_up
def file(request: MemberRequest, disclosure_id: UUID) -> HttpResponseBase:
    """The package, for whoever asked for it. HEAD is answered without a record: nothing leaves."""
    found = _found(disclosure_id)
    if not found.has_package(timezone.now()) or found.asked_by_id != request.user.id:
        raise Http404
    try:
        with platform_scope(False), tenant_scope(found.tenant_id):
            reader = making.open_package(found)
    except VaultError:
        logger.exception("The package of disclosure %s cannot be read", found.id)
        messages.error(request, _("The package cannot be read at the moment. Try again later."))
        return HttpResponseRedirect(reverse("operator:disclosure", args=[found.id]))
    if request.method == "HEAD":
        reader.close()
        return _headed(StreamingHttpResponse(), found)
    services.note_download(found, actor=request.user.as_actor())
    return _headed(StreamingHttpResponse(reader), found)


@menu_required("operator.holds")
@require_POST
def handout(request: MemberRequest, disclosure_id: UUID) -> HttpResponse:
    """Note to whom the package went."""
    found, form = _found(disclosure_id), HandOutForm(request.POST)
    if form.is_valid():
        try:
            services.note_handout(found.id, **form.cleaned_data, **_who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The hand-out is on record."))
    return _page(request, found, handout_form=form) if form.errors else redirect("operator:disclosure", found.id)


def _ask(
    request: MemberRequest, tenant: Tenant, form: DisclosureForm | HeldDisclosureForm, hold_id: UUID | None = None
) -> HttpResponse | None:
    """Ask for what the form says; None with what is wrong in the form."""
    reach = form.reach() if isinstance(form, DisclosureForm) else Reach(scope=Scope.COMPANY)
    try:
        asked = services.ask_disclosure(
            tenant,
            form.order(reach),
            hold=find_hold(hold_id) if hold_id else None,
            typed_code=form.cleaned_data["confirmation"],
            **_who(request),
        )
    except ValidationError as error:
        complain(form, error)
        return None
    messages.success(request, _("The disclosure waits for another operator."))
    return redirect("operator:disclosure", asked.id)


def _headed(response: StreamingHttpResponse, found: Disclosure) -> StreamingHttpResponse:
    name = f"{found.company_code}-disclosure-{found.id}.zip"
    response["Content-Type"] = "application/zip"
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: MemberRequest, found: Disclosure, **forms: Form) -> HttpResponse:
    asked = found.state == DisclosureState.ASKED
    context: dict[str, Any] = {
        "found": found,
        "is_asked": asked,
        "may_approve": asked and found.asked_by_id != request.user.id,
        "may_download": found.has_package(timezone.now()) and found.asked_by_id == request.user.id,
        "days": PACKAGE_DAYS,
        "handouts": HandOutTable(queries.handouts_of(found)),
        "code_form": CodeForm(),
        "handout_form": HandOutForm(initial={"handed_on": timezone.localdate()}),
        "trail": _trail(str(found)),
    }
    return render(request, "retention/disclosure/disclosure.html", context | forms)


def _found(disclosure_id: UUID) -> Disclosure:
    found = queries.find_disclosure(disclosure_id)
    if found is None:
        raise Http404
    return found


def _who(request: MemberRequest) -> dict[str, Any]:
    return {"operator": request.user, "actor": request.user.as_actor()}


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Disclosures"), reverse("operator:disclosures")), (here, "")]
