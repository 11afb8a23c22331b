"""Deletion of a company by two operators: dry run, request, confirmation (T3)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from retention.deletion import queries, services
from retention.deletion.forms import CompanyForm, ConfirmForm, RequestForm
from retention.deletion.models import DeletionRequest
from retention.deletion.survey import Survey, survey
from retention.deletion.tables import DeletionTable
from retention.erasure.queries import find_erasure
from tenants.isolation.directory import normalize_code
from tenants.models import Tenant
from tenants.queries import tenant_by_code


@menu_required("operator.deletion")
@require_safe
def deletion_list(request: MemberRequest) -> HttpResponse:
    """Every request."""
    page = queries.request_page(number=request.GET.get("page", 1))
    return render(request, "retention/deletion/list.html", {"page": page, "table": DeletionTable(page.object_list)})


@menu_required("operator.deletion")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def deletion_new(request: MemberRequest) -> HttpResponse:
    """Choose a company, see what would go and what stays, ask."""
    chooser = CompanyForm(request.GET or None)
    tenant, refusal = _chosen(chooser)
    form = RequestForm(request.POST or None)
    if tenant is not None and form.is_valid():
        try:
            asked = services.request_deletion(
                tenant,
                typed_code=form.cleaned_data["confirmation"],
                reason=form.cleaned_data["reason"],
                operator=request.user,
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The request waits for another operator. It lapses after 24 hours."))
            return redirect("operator:deletion", asked.id)
    context = {
        "chooser": chooser,
        "form": form,
        "tenant": tenant,
        "refusal": refusal,
        "survey": survey(tenant) if tenant else None,
        "trail": _trail(_("Ask for a deletion")),
    }
    return render(request, "retention/deletion/new.html", context)


@menu_required("operator.deletion")
@require_safe
def deletion(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """One request: what it would delete or has deleted, and what this operator can do."""
    return _page(request, _found(request_id))


@menu_required("operator.deletion")
@require_POST
@step_up
def confirm(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """End the company's use and begin its erasure, as another operator than the one who asked."""
    found = _found(request_id)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            services.confirm_deletion(
                found.id,
                typed_code=form.cleaned_data["confirmation"],
                operator=request.user,
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, _found(request_id), form=form)
    messages.success(request, _("Nobody can use the company any more. Its erasure begins within a few minutes."))
    return redirect("operator:deletion", request_id)


@menu_required("operator.deletion")
@require_POST
def withdraw(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Take the request back."""
    try:
        services.withdraw_deletion(_found(request_id).id, operator=request.user, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The request was withdrawn. Nothing was deleted."))
    return redirect("operator:deletion", request_id)


def _chosen(form: CompanyForm) -> tuple[Tenant | None, str]:
    """The company, and why it cannot be deleted if it cannot."""
    if not form.is_bound or not form.is_valid():
        return None, ""
    tenant = tenant_by_code(normalize_code(form.cleaned_data["company"]))
    if tenant is None:
        form.add_error("company", _("No company has this code."))
        return None, ""
    try:
        services.refuse_unless_deletable(tenant)
    except ValidationError as error:
        return tenant, " ".join(error.messages)
    return tenant, ""


def _found(request_id: UUID) -> DeletionRequest:
    found = queries.find_request(request_id)
    if found is None:
        raise Http404
    return found


def _page(request: MemberRequest, found: DeletionRequest, *, form: ConfirmForm | None = None) -> HttpResponse:
    may_confirm = found.is_open and found.asked_by_id != request.user.id
    if form is not None and not may_confirm:  # there is no form on the page that could show it
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    context = {
        "found": found,
        "survey": Survey.read(found.effect),
        "erasure": find_erasure(found.erasure_id) if found.erasure_id else None,
        "form": form or ConfirmForm(),
        "may_confirm": may_confirm,
        "trail": _trail(str(found)),
    }
    return render(request, "retention/deletion/request.html", context)


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Deletion of companies"), reverse("operator:deletions")), (here, "")]
