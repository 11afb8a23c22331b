"""What follows from an inventory: carrying out its decisions, and its report (A12)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up
from accounts.inventory import queries, reporting, services
from accounts.inventory.models import AccountReview, Decision
from tenants.isolation.transactions import atomic


@menu_required("console.users")  # who has only the inventory may decide, and somebody else removes
@require_POST
@step_up
def carry_out(request: MemberRequest, review: UUID, account: UUID) -> HttpResponse:
    """Remove one account, or note that its rights were changed."""
    found = _review(request, review)
    chosen = queries.chosen(found, [account])
    if not chosen:
        raise Http404
    try:
        services.carry_out(chosen[0], actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The decision about %(account)s was carried out.") % {"account": chosen[0]})
    return redirect("console:inventory_review", found.id)


@menu_required("console.users")
@require_POST
@step_up
def carry_out_removals(request: MemberRequest, review: UUID) -> HttpResponse:
    """Remove all accounts about which that was decided; those that cannot go are named, the others go."""
    found = _review(request, review)
    count = 0
    for account in queries.accounts_of(found, show="outstanding").filter(decision=Decision.REMOVE):
        try:
            services.carry_out(account, actor=request.user.as_actor())
            count += 1
        except ValidationError as error:
            text = _("%(account)s was not removed: %(reason)s")
            messages.error(request, text % {"account": account, "reason": " ".join(error.messages)})
    text = ngettext("%(count)d account was removed.", "%(count)d accounts were removed.", count)
    messages.success(request, text % {"count": count})
    return redirect("console:inventory_review", found.id)


@menu_required("console.inventory")
@require_safe
@own_transactions
def report_csv(request: MemberRequest, review: UUID) -> HttpResponseBase:
    """The report as a table."""
    with atomic():
        found = _finished(review)
        content = b"" if request.method == "HEAD" else reporting.csv_report(found, actor=request.user.as_actor())
    return _attachment(content, "text/csv; charset=utf-8", f"{found.name}.csv")


@menu_required("console.inventory")
@require_safe
@own_transactions
def report_pdf(request: MemberRequest, review: UUID) -> HttpResponseBase:
    """The report to print and to keep. No transaction is open while it is set."""
    with atomic():
        found = _finished(review)
        data = {} if request.method == "HEAD" else reporting.report_data(found, actor=request.user.as_actor())
    return _attachment(reporting.pdf(data) if data else b"", "application/pdf", f"{found.name}.pdf")


def _review(request: MemberRequest, key: UUID) -> AccountReview:
    """The review, for those who may see reviews."""
    found = queries.review_for_change(key) if queries.MENU in request.menus else None
    if found is None:
        raise Http404
    return found


def _finished(key: UUID) -> AccountReview:
    """The review of which there is a report."""
    found = queries.find_review(key)
    if found is None or found.is_open:
        raise Http404
    return found


def _attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=content_type, headers=headers)
