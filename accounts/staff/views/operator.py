"""Staff access on the operators' pages: ask, stand in for a company in an emergency, enter, end (A14)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up
from accounts.forms import complain
from accounts.staff import decisions, directory, grants
from accounts.staff.directory import Listed
from accounts.staff.forms import AskForm, EmergencyForm
from accounts.staff.models import EndReason
from accounts.staff.requests import ask
from accounts.staff.tables import EverybodysAccessTable
from tenants.isolation.directory import resolve_company


@menu_required("operator.staff_access")
@require_safe
def access_list(request: MemberRequest) -> HttpResponse:
    """Every request and access, whoever asked, with its state."""
    page = directory.access_page(number=request.GET.get("page", 1))
    context = {"page": page, "table": EverybodysAccessTable(page.object_list)}
    return render(request, "accounts/staff/operator/accesses.html", context)


@menu_required("operator.staff_access")
@require_http_methods(["GET", "HEAD", "POST"])
def access_new(request: MemberRequest) -> HttpResponse:
    """Ask a company for access."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        company = resolve_company(typed.pop("company_code"))
        try:
            access = ask(company, **typed, operator=request.user, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The company was asked. You get a mail when it has answered."))
            return redirect("operator:staff_access", access.tenant_id, access.id)
    trail = [(_("Staff access"), reverse("operator:staff_accesses")), (_("Ask for access"), "")]
    return render(request, "accounts/staff/operator/access_new.html", {"form": form, "trail": trail})


@menu_required("operator.staff_access")
@require_safe
def access_detail(request: MemberRequest, company: UUID, access: UUID) -> HttpResponse:
    """One request or access, and what this operator can do with it."""
    return _page(request, _found(company, access))


@menu_required("operator.staff_access")
@require_POST
@step_up
def approve(request: MemberRequest, company: UUID, access: UUID) -> HttpResponse:
    """Grant a colleague's emergency access in place of the company."""
    found = _found(company, access)
    form = EmergencyForm(request.POST, access=found.access)
    if form.is_valid():
        try:
            decisions.approve_emergency(
                found.access, **form.cleaned_data, approver=request.user, actor=request.user.as_actor()
            )
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, _found(company, access), form=form)
    messages.success(request, _("The emergency access is granted. The company was told."))
    return redirect("operator:staff_access", company, access)


@menu_required("operator.staff_access")
@require_POST
@step_up
def enter(request: MemberRequest, company: UUID, access: UUID) -> HttpResponse:
    """Go inside the company, in this session."""
    found = _found(company, access)
    try:
        grants.enter(found.access, operator=request.user, session=request.login_session, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("operator:staff_access", company, access)
    return HttpResponseRedirect(_inside(company, access))


@menu_required("operator.staff_access")
@require_POST
def end(request: MemberRequest, company: UUID, access: UUID) -> HttpResponse:
    """Give the access up, or take the request back."""
    try:
        grants.end(_found(company, access).access, reason=EndReason.STAFF, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The access was ended. Nothing more can be done by it."))
    return redirect("operator:staff_access", company, access)


def _found(company: UUID, access: UUID) -> Listed:
    found = directory.find_listed(company, access)
    if found is None:
        raise Http404
    return found


def _inside(company: UUID, access: UUID) -> str:
    """Where the company's pages begin."""
    return f"{get_script_prefix()}staff/{company.hex}.{access.hex}/"


def _page(request: MemberRequest, listed: Listed, *, form: EmergencyForm | None = None) -> HttpResponse:
    access, own = listed.access, listed.access.operator_id == request.user.id
    context = {
        "listed": listed,
        "access": access,
        "inside": _inside(access.tenant_id, access.id),
        "is_here": access.operator_session == request.login_session.id,
        "may_enter": own and access.is_running,
        "may_approve": form is not None or (not own and access.emergency and access.is_open),
        "form": form or EmergencyForm(access=access),
        "trail": [(_("Staff access"), reverse("operator:staff_accesses")), (access.ticket, "")],
    }
    return render(request, "accounts/staff/operator/access.html", context)
