"""Staff access in the console: the company decides, watches, ends (A14)."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from accounts.access import MemberRequest, menu_required, step_up
from accounts.forms import complain
from accounts.staff import decisions, grants, queries
from accounts.staff.forms import ApproveForm, RefuseForm
from accounts.staff.models import EndReason, StaffAccess
from accounts.staff.tables import AccessTable

_PER_PAGE = 25


@menu_required("console.staff_access")
@require_safe
def access_list(request: MemberRequest) -> HttpResponse:
    """What waits for an answer, what runs now, and everything that ever was."""
    table = AccessTable(queries.accesses())
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    context = {"table": table, "in_hand": queries.in_hand(timezone.now())}
    return render(request, "accounts/staff/console/accesses.html", context)


@menu_required("console.staff_access")
@require_safe
def access_detail(request: MemberRequest, access: UUID) -> HttpResponse:
    """One request or access with everything about it, and what can be done."""
    return _page(request, _found(access))


@menu_required("console.staff_access")
@require_POST
@step_up
def approve(request: MemberRequest, access: UUID) -> HttpResponse:
    """Let the operator in, for so long."""
    found = _found(access)
    form = ApproveForm(request.POST, access=found)
    if form.is_valid():
        try:
            decisions.approve(found, **form.cleaned_data, approver=request.user, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, _found(access), approve_form=form)
    messages.success(request, _("The access is granted. You can end it here at any time."))
    return redirect("console:staff_access", access)


@menu_required("console.staff_access")
@require_POST
def refuse(request: MemberRequest, access: UUID) -> HttpResponse:
    """Say no."""
    found = _found(access)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            decisions.refuse(found, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, _found(access), refuse_form=form)
    messages.success(request, _("The request was refused. The operator is told."))
    return redirect("console:staff_access", access)


@menu_required("console.staff_access")
@require_POST
def end(request: MemberRequest, access: UUID) -> HttpResponse:
    """Put the operator out, at once."""
    try:
        grants.end(_found(access), reason=EndReason.COMPANY, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The access was ended. Nothing more can be done by it."))
    return redirect("console:staff_access", access)


def _found(key: UUID) -> StaffAccess:
    found = queries.find_access(key)
    if found is None:
        raise Http404
    return found


def _page(
    request: MemberRequest,
    access: StaffAccess,
    *,
    approve_form: ApproveForm | None = None,
    refuse_form: RefuseForm | None = None,
) -> HttpResponse:
    context = {
        "access": access,
        "approve_form": approve_form or ApproveForm(access=access),
        "refuse_form": refuse_form or RefuseForm(),
        "audit_url": _audit_log_of(access) if "console.audit" in request.menus and access.entered_at else "",
        "trail": [(_("Staff access"), reverse("console:staff_accesses")), (access.ticket, "")],
    }
    return render(request, "accounts/staff/console/access.html", context)


def _audit_log_of(access: StaffAccess) -> str:
    """The audit log with nothing but what was done by this access."""
    query = {"session": access.id, "since": timezone.localdate(access.asked_at).isoformat()}
    return f"{reverse('console:audit')}?{urlencode(query)}"
