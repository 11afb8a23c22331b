"""Legal holds on the operators' pages: place, look again, release by two (R5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from retention.disclosure.queries import disclosures_of
from retention.holds import queries, services
from retention.holds.forms import CodeForm, CompanyForm, HoldForm, ReleaseForm, ReviewForm
from retention.holds.models import Hold
from retention.holds.tables import HoldTable
from tenants.isolation.directory import normalize_code
from tenants.models import Tenant
from tenants.queries import tenant_by_code

_REVIEW_DAYS = 90


@menu_required("operator.holds")
@require_safe
def holds(request: MemberRequest) -> HttpResponse:
    """The holds that act, or those that were released."""
    show = "released" if request.GET.get("show") == "released" else ""
    page = queries.hold_page(number=request.GET.get("page", 1), show=show)
    return render(
        request, "retention/holds/holds.html", {"page": page, "table": HoldTable(page.object_list), "show": show}
    )


@menu_required("operator.holds")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def hold_new(request: MemberRequest) -> HttpResponse:
    """Choose a company, say what was ordered, place the hold."""
    chooser = CompanyForm(request.GET or None)
    tenant = chosen(chooser)
    initial = {"review_on": timezone.localdate() + timedelta(days=_REVIEW_DAYS)}
    people = {str(person.id): person for person in queries.reviewers() if person.id != request.user.id}
    reviewers = [(key, person.name) for key, person in people.items()]
    form = HoldForm(request.POST or None, initial=initial, reviewers=reviewers)
    if tenant is not None and form.is_valid():
        typed = form.cleaned_data
        try:
            placed = services.place_hold(
                tenant,
                form.order(form.reach()),
                reviewer=people[typed["reviewer"]],
                review_on=typed["review_on"],
                typed_code=typed["confirmation"],
                operator=request.user,
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The hold is placed. Nothing of its scope is removed until it is released."))
            return redirect("operator:hold", placed.id)
    context = {"chooser": chooser, "form": form, "tenant": tenant, "trail": _trail(_("Place a legal hold"))}
    return render(request, "retention/holds/new.html", context)


@menu_required("operator.holds")
@require_safe
def hold(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """One hold: its order, what it has kept, and what this operator can do."""
    return _page(request, _found(hold_id))


@menu_required("operator.holds")
@require_POST
def review(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """It is needed still."""
    form = ReviewForm(request.POST)

    def act() -> None:
        services.review_hold(hold_id, review_on=form.cleaned_data["review_on"], **_who(request))

    return _act(request, hold_id, act, _("The review is noted."), review_form=form)


@menu_required("operator.holds")
@require_POST
@step_up
def unseal(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """Let the company know."""
    return _act(
        request, hold_id, lambda: services.unseal_hold(hold_id, **_who(request)), _("The company sees the hold now.")
    )


@menu_required("operator.holds")
@require_POST
@step_up
def release(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """Ask for the release."""
    form = ReleaseForm(request.POST)

    def act() -> None:
        typed = form.cleaned_data
        services.ask_release(hold_id, reason=typed["reason"], typed_code=typed["confirmation"], **_who(request))

    return _act(request, hold_id, act, _("The release waits for another operator."), release_form=form)


@menu_required("operator.holds")
@require_POST
@step_up
def confirm(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """Release it, as another operator than the one who asked."""
    form = CodeForm(request.POST)

    def act() -> None:
        services.confirm_release(hold_id, typed_code=form.cleaned_data["confirmation"], **_who(request))

    return _act(request, hold_id, act, _("The hold is released. What it alone has kept is removed."), code_form=form)


@menu_required("operator.holds")
@require_POST
def withdraw(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """Take the request for release back."""
    return _act(
        request, hold_id, lambda: services.withdraw_release(hold_id, **_who(request)), _("The hold stays as it is.")
    )


def chosen(form: CompanyForm) -> Tenant | None:
    """The company that was chosen; complains in the form about a code that nobody has."""
    if not form.is_bound or not form.is_valid():
        return None
    tenant = tenant_by_code(normalize_code(form.cleaned_data["company"]))
    if tenant is None:
        form.add_error("company", _("No company has this code."))
    return tenant


def _act(request: MemberRequest, hold_id: UUID, act: Callable[[], object], done: str, **forms: Form) -> HttpResponse:
    """Do it, and go back to the hold; or show the hold with what is wrong."""
    found = _found(hold_id)
    form = next(iter(forms.values()), None)
    if form is None or form.is_valid():
        try:
            act()
        except ValidationError as error:
            if form is None or not hasattr(error, "error_dict"):  # said of the hold, not of a field
                messages.error(request, " ".join(error.messages))
            else:
                complain(form, error)
        else:
            messages.success(request, done)
    if form is not None and form.errors:
        return _page(request, found, **forms)
    return redirect("operator:hold", hold_id)


def _page(request: MemberRequest, found: Hold, **forms: Form) -> HttpResponse:
    asked = found.release_asked_at is not None
    context: dict[str, Any] = {
        "found": found,
        "kept": queries.kept_counts(found.id),
        "disclosures": disclosures_of(found.id),
        "may_review": found.is_active and found.placed_by_id != request.user.id,
        "may_confirm": found.is_active and asked and found.release_asked_by_id != request.user.id,
        "review_form": ReviewForm(initial={"review_on": timezone.localdate() + timedelta(days=_REVIEW_DAYS)}),
        "release_form": ReleaseForm(),
        "code_form": CodeForm(),
        "trail": _trail(str(found)),
    }
    return render(request, "retention/holds/hold.html", context | forms)


def _found(hold_id: UUID) -> Hold:
    found = queries.find_hold(hold_id)
    if found is None:
        raise Http404
    return found


def _who(request: MemberRequest) -> dict[str, Any]:
    return {"operator": request.user, "actor": request.user.as_actor()}


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Legal holds"), reverse("operator:holds")), (here, "")]
