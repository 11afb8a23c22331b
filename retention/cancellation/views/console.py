"""Cancelling the own contract, and the way out with all its dates (T4, R1, R2)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from accounts.menus import BY_CODE
from retention.cancellation import queries, services
from retention.cancellation.effect import KEPT, what_goes
from retention.cancellation.forms import CancellationForm, LastDayForm
from retention.cancellation.models import Cancellation, Side
from retention.promise.dates import exit_dates, today_in
from retention.promise.queries import current_promise
from tenants.models import Tenant
from tenants.queries import current_tenant

_PAGE = "console:cancellation"


@menu_required("console.contract", when_suspended=True)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def cancellation(request: MemberRequest) -> HttpResponse:
    """The way out: where it stands; or, before anything is asked for, every date and what goes and stays."""
    standing = queries.current_cancellation()
    if standing is not None or request.suspended:
        return render(request, "retention/cancellation/standing.html", _standing(request, standing))
    tenant = current_tenant()
    form = CancellationForm(request.POST or None)
    if form.is_valid() and _cancelled(request, tenant, form):
        return redirect(_PAGE)
    return render(request, "retention/cancellation/request.html", _request(request, tenant, form))


@menu_required("console.contract")
@require_POST
@step_up
def cancellation_withdraw(request: MemberRequest) -> HttpResponse:
    """Take the cancellation back."""
    standing = queries.current_cancellation()
    if standing is None:
        raise Http404
    try:
        services.withdraw_cancellation(standing.id, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The cancellation was withdrawn. Everything stays as it was."))
    return redirect(_PAGE)


def _cancelled(request: MemberRequest, tenant: Tenant, form: CancellationForm) -> bool:
    """Whether what was typed was a cancellation that could be taken; the form complains otherwise."""
    typed = dict(form.cleaned_data)
    del typed["confirmed"]
    try:
        services.request_cancellation(tenant, **typed, side=Side.COMPANY, actor=request.user.as_actor())
    except ValidationError as error:
        complain(form, error)
        return False
    messages.success(request, _("The contract was cancelled. Everybody concerned gets a mail."))
    return True


def _request(request: MemberRequest, tenant: Tenant, form: CancellationForm) -> dict[str, Any]:
    today = today_in(tenant.time_zone, timezone.now())
    chosen = request.POST if form.is_bound else request.GET
    day_form = LastDayForm(
        chosen if "last_day" in chosen else None,
        today=today,
        latest=services.latest_last_day(today),
        initial={"last_day": today},
    )
    last_day = day_form.cleaned_data["last_day"] if day_form.is_valid() else None
    if last_day and not form.is_bound:
        form = CancellationForm(initial={"last_day": last_day})
    return {
        "day_form": day_form,
        "form": form,
        "dates": exit_dates(last_day, tenant.time_zone, current_promise()) if last_day else None,
        "goes": what_goes() if last_day else (),
        "kept": KEPT,
        "return_url": _return_url(),
    }


def _standing(request: MemberRequest, standing: Cancellation | None) -> dict[str, Any]:
    return {
        "cancellation": standing,
        "words": queries.words_of(standing) if standing else None,
        "dates": standing.dates if standing else None,
        "may_withdraw": standing is not None and standing.may_be_withdrawn and not request.suspended,
        "kept": KEPT,
        "return_url": _return_url(),
    }


def _return_url() -> str:
    page = BY_CODE[queries.RETURN_MENU].url_name
    return reverse(page) if page else ""
