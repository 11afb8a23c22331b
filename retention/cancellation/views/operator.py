"""Companies that leave, and the promise to them: for the provider's operators (T4, R1)."""

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
from accounts.staff.records import as_operator
from retention.cancellation import queries, services
from retention.cancellation.forms import BehalfForm, GraceForm
from retention.cancellation.models import Side
from retention.cancellation.tables import LeavingTable
from retention.promise.queries import current_promise, promise_setting
from retention.promise.services import change_grace
from tenants.isolation.directory import normalize_code
from tenants.queries import tenant_by_code

_PAGE = "operator:leaving"


@menu_required("operator.retention")
@require_safe
def leaving(request: MemberRequest) -> HttpResponse:
    """Everybody who leaves or has left, with all dates."""
    promise = current_promise()
    page = queries.leaving_page(promise, number=request.GET.get("page"))
    context = {"page": page, "table": LeavingTable(list(page.object_list)), "promise": promise}
    return render(request, "retention/cancellation/operator/leaving.html", context)


@menu_required("operator.retention")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def leaving_new(request: MemberRequest) -> HttpResponse:
    """Cancel on behalf of a company."""
    form = BehalfForm(request.POST or None)
    if form.is_valid():
        tenant = tenant_by_code(normalize_code(form.cleaned_data["typed_code"]))
        try:
            if tenant is None:
                raise ValidationError({"typed_code": _("No company has this code.")})
            actor = as_operator(request.user.as_actor())
            services.request_cancellation(tenant, **form.cleaned_data, side=Side.PROVIDER, actor=actor)
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The contract was cancelled. Everybody concerned gets a mail."))
            return redirect(_PAGE)
    trail = [(_("Leaving"), reverse(_PAGE)), (_("Cancel on behalf of a company"), "")]
    return render(request, "retention/cancellation/operator/leaving_new.html", {"form": form, "trail": trail})


@menu_required("operator.retention")
@require_POST
@step_up
def leaving_withdraw(request: MemberRequest, cancellation: UUID) -> HttpResponse:
    """Take a cancellation back on behalf of its company."""
    if queries.find_cancellation(cancellation) is None:
        raise Http404
    try:
        services.withdraw_cancellation(cancellation, actor=as_operator(request.user.as_actor()))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The cancellation was withdrawn. Everything stays as it was."))
    return redirect(_PAGE)


@menu_required("operator.retention")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def promise(request: MemberRequest) -> HttpResponse:
    """The sum of the promise, and the one term that operators set."""
    current = current_promise()
    form = GraceForm(request.POST or None, initial={"grace": current.grace})
    if form.is_valid():
        typed = form.cleaned_data
        try:
            change_grace(typed["grace"], reason=typed["reason"], actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The days until erasure are set. They hold for cancellations from now on."))
            return redirect("operator:promise")
    context = {"promise": current, "setting": promise_setting(), "form": form}
    return render(request, "retention/cancellation/operator/promise.html", context)
