"""Account inventories in the console: begin, decide, complete, look back (A12)."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from accounts.inventory import queries, reminders, services
from accounts.inventory.forms import AccountFilterForm, CompletionForm, DecisionForm, ScheduleForm, StartForm
from accounts.inventory.models import AccountReview, Decision
from accounts.inventory.tables import AccountTable, ReviewTable

_PER_PAGE = 50


@menu_required("console.inventory")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """The inventory in progress, when the next one is due, and all earlier ones."""
    return _overview_page(request, ScheduleForm(initial={"months": queries.schedule().months}))


@menu_required("console.inventory")
@require_POST
def schedule(request: MemberRequest) -> HttpResponse:
    """Decide how often an inventory is due."""
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _overview_page(request, form)
    services.change_schedule(**form.cleaned_data, actor=request.user.as_actor())
    messages.success(request, _("The changes were saved."))
    return redirect("console:inventory")


@menu_required("console.inventory")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: MemberRequest) -> HttpResponse:
    """Begin an inventory of every account as it is now."""
    today = timezone.localdate()
    initial = {"name": f"{today:%Y-%m}", "due_on": today + timedelta(days=services.DAYS_TO_COMPLETE)}
    form = StartForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            review = services.start_review(**form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The inventory was begun. Decide about every account."))
            return redirect("console:inventory_review", review.id)
    return render(
        request, "accounts/console/inventory_start.html", {"form": form, "trail": _trail(_("Begin an inventory"))}
    )


@menu_required("console.inventory")
@require_safe
def review_detail(request: MemberRequest, review: UUID) -> HttpResponse:
    """Every account of an inventory, with boxes to choose while it is open."""
    return _review_page(request, _review(review), DecisionForm())


@menu_required("console.inventory")
@require_POST
def review_decide(request: MemberRequest, review: UUID) -> HttpResponse:
    """Decide the same about all chosen accounts; a row's own button keeps that one."""
    found = _review(review, change=True)
    kept = request.POST.get("keep")
    form = DecisionForm({"decision": Decision.KEEP} if kept else request.POST)
    if not form.is_valid():
        return _review_page(request, found, form)
    keys = _keys([kept] if kept else request.POST.getlist("account"))
    try:
        count = services.decide(found, keys, **form.cleaned_data, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = ngettext("Decided about %(count)d account.", "Decided about %(count)d accounts.", count)
        messages.success(request, text % {"count": count})
    return _back(request, found)


@menu_required("console.inventory")
@require_http_methods(["GET", "HEAD", "POST"])
def review_complete(request: MemberRequest, review: UUID) -> HttpResponse:
    """Look at the numbers once more, and close the inventory for good."""
    found = _review(review, change=request.method == "POST")
    form = CompletionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.complete_review(found, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The inventory is completed. The report is ready."))
            return redirect("console:inventory_review", found.id)
    context = {"review": found, "form": form, "progress": queries.progress_of(found)}
    context["trail"] = [*_trail(found.name, found), (_("Complete"), "")]
    return render(request, "accounts/console/inventory_complete.html", context)


@menu_required("console.inventory")
@require_http_methods(["GET", "HEAD", "POST"])
def review_abandon(request: MemberRequest, review: UUID) -> HttpResponse:
    """Ask, then delete an inventory that was begun by mistake."""
    found = _review(review, change=request.method == "POST")
    if request.method != "POST":
        context = {"review": found, "trail": [*_trail(found.name, found), (_("Abandon"), "")]}
        return render(request, "accounts/console/inventory_abandon.html", context)
    try:
        services.abandon_review(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The inventory was abandoned."))
    return redirect("console:inventory")


def _review(key: UUID, *, change: bool = False) -> AccountReview:
    found = queries.review_for_change(key) if change else queries.find_review(key)
    if found is None:
        raise Http404
    return found


def _keys(texts: list[str]) -> list[UUID]:
    """The keys among what was sent."""
    keys = []
    for text in texts:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return keys


def _back(request: MemberRequest, review: AccountReview) -> HttpResponse:
    """To the same part of the list."""
    query = request.GET.urlencode()
    address = reverse("console:inventory_review", args=[review.id])
    return redirect(f"{address}?{query}" if query else address)


def _overview_page(request: MemberRequest, form: ScheduleForm) -> HttpResponse:
    current = queries.open_review()
    table = ReviewTable(queries.reviews())
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    context = {
        "review": current,
        "progress": queries.progress_of(current) if current else None,
        "next_due": reminders.next_due(),
        "today": timezone.localdate(),
        "form": form,
        "table": table,
    }
    return render(request, "accounts/console/inventory.html", context)


def _review_page(request: MemberRequest, review: AccountReview, form: DecisionForm) -> HttpResponse:
    filters = AccountFilterForm(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    table = AccountTable(queries.accounts_of(review, show=asked.get("show", ""), search=asked.get("q", "")))
    table.is_open = review.is_open
    table.may_carry_out = review.is_open and "console.users" in request.menus
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    context = {
        "review": review,
        "progress": queries.progress_of(review),
        "filters": filters,
        "form": form,
        "table": table,
        "decide_url": f"{reverse('console:inventory_decide', args=[review.id])}?{request.GET.urlencode()}",
        "may_carry_out": table.may_carry_out,
        "is_late": review.is_open and review.due_on < timezone.localdate(),
        "trail": _trail(review.name),
    }
    return render(request, "accounts/console/inventory_review.html", context)


def _trail(name: str, review: AccountReview | None = None) -> list[tuple[str, str]]:
    address = reverse("console:inventory_review", args=[review.id]) if review else ""
    return [(_("Account inventory"), reverse("console:inventory")), (name, address)]
