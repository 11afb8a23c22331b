"""Restores of whole companies on the operators' pages: see who asks, approve, refuse, try again (B6)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up
from accounts.forms import complain
from backups.requests import deciding, directory, restorer
from backups.requests.directory import Listed
from backups.requests.forms import DecisionForm, RefusalForm
from backups.requests.tables import EverybodysRequestTable


@menu_required("operator.backups")
@require_safe
def restores(request: MemberRequest) -> HttpResponse:
    """Every request for a whole company, those that wait for an answer first."""
    page = directory.request_page(number=request.GET.get("page", 1))
    context = {"page": page, "table": EverybodysRequestTable(page.object_list), **_about_restorer()}
    return render(request, "backups/requests/operator/restores.html", context)


@menu_required("operator.backups")
@require_safe
def restore(request: MemberRequest, company: UUID, wish: UUID) -> HttpResponse:
    """One request, and what can be done with it."""
    return _page(request, _found(company, wish))


@menu_required("operator.backups")
@require_POST
@step_up
def restore_approve(request: MemberRequest, company: UUID, wish: UUID) -> HttpResponse:
    """Let the restorer begin, or begin once more."""
    found, form = _found(company, wish), DecisionForm(request.POST)
    if form.is_valid():
        try:
            deciding.approve(found.request, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, _found(company, wish), approve_form=form)
    messages.success(request, _("The restore was approved. The company was told."))
    return redirect("operator:restore", company, wish)


@menu_required("operator.backups")
@require_POST
@step_up
def restore_refuse(request: MemberRequest, company: UUID, wish: UUID) -> HttpResponse:
    """Say no, with a reason."""
    found, form = _found(company, wish), RefusalForm(request.POST)
    if form.is_valid():
        try:
            deciding.refuse(found.request, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, _found(company, wish), refuse_form=form)
    messages.success(request, _("The request was refused. The company was told."))
    return redirect("operator:restore", company, wish)


def _found(company: UUID, wish: UUID) -> Listed:
    found = directory.find_listed(company, wish)
    if found is None:
        raise Http404
    return found


def _about_restorer() -> dict[str, object]:
    return {"restorer": restorer.is_running(), "command": restorer.COMMAND}


def _page(
    request: MemberRequest,
    listed: Listed,
    *,
    approve_form: DecisionForm | None = None,
    refuse_form: RefusalForm | None = None,
) -> HttpResponse:
    context = {
        "listed": listed,
        "wish": listed.request,
        "may_approve": approve_form is not None or deciding.may_be_approved(listed.request),
        "may_refuse": refuse_form is not None or listed.request.state == "asked",
        "approve_form": approve_form or DecisionForm(),
        "refuse_form": refuse_form or RefusalForm(),
        "trail": [(_("Restores"), reverse("operator:restores")), (listed.company_name, "")],
        **_about_restorer(),
    }
    return render(request, "backups/requests/operator/restore.html", context)
