"""The list of business partners (D4)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from documents import counterparties, queries
from documents.filters import CounterpartyFilter
from documents.forms import CounterpartyForm
from documents.models import Counterparty
from documents.tables import CounterpartyTable, paged


@menu_required("counterparties")
@require_safe
def partners(request: MemberRequest) -> HttpResponse:
    """List and search."""
    found = CounterpartyFilter(request.GET, queryset=queries.counterparties())
    context = {"search": found.form, "table": paged(CounterpartyTable(found.qs), request)}
    return render(request, "documents/counterparties.html", context)


@menu_required("counterparties")
@require_http_methods(["GET", "HEAD", "POST"])
def new_partner(request: MemberRequest) -> HttpResponse:
    """Register one."""
    form = CounterpartyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = counterparties.create_counterparty(actor=request.user.as_actor(), **form.cleaned_data)
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("%(name)s was registered.") % {"name": made.name})
            return redirect("documents:counterparties")
    return _page(request, form, title=_("Register a counterparty"))


@menu_required("counterparties")
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: MemberRequest, counterparty_id: UUID) -> HttpResponse:
    """Look at one and correct it."""
    found = _partner(counterparty_id)
    form = CounterpartyForm(request.POST if request.method == "POST" else None, initial=model_to_dict(found))
    if form.is_valid():
        try:
            counterparties.change_counterparty(found, actor=request.user.as_actor(), **form.cleaned_data)
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": found.name})
            return redirect("documents:counterparties")
    return _page(request, form, title=found.name, partner=found)


@menu_required("counterparties")
@require_POST
def deactivate(request: MemberRequest, counterparty_id: UUID) -> HttpResponse:
    """Take one out of use."""
    found = _partner(counterparty_id)
    counterparties.deactivate_counterparty(found, actor=request.user.as_actor())
    messages.success(request, _("%(name)s was deactivated.") % {"name": found.name})
    return redirect("documents:counterparties")


@menu_required("counterparties")
@require_POST
def reactivate(request: MemberRequest, counterparty_id: UUID) -> HttpResponse:
    """Put one into use again."""
    found = _partner(counterparty_id)
    counterparties.reactivate_counterparty(found, actor=request.user.as_actor())
    messages.success(request, _("%(name)s was reactivated.") % {"name": found.name})
    return redirect("documents:counterparties")


def _partner(counterparty_id: UUID) -> Counterparty:
    return get_object_or_404(queries.counterparties(), id=counterparty_id)


def _page(
    request: MemberRequest, form: CounterpartyForm, *, title: str, partner: Counterparty | None = None
) -> HttpResponse:
    trail = [(_("Counterparties"), reverse("documents:counterparties")), (title, "")]
    return render(
        request, "documents/counterparty.html", {"form": form, "title": title, "partner": partner, "trail": trail}
    )
