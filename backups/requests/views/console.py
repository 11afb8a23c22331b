"""Restores in the console: ask for the whole company, watch, withdraw (B6)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, background, menu_required, step_up
from accounts.forms import complain
from backups.requests import asking, queries
from backups.requests.forms import CompanyForm
from backups.requests.models import RestoreRequest
from backups.requests.tables import RequestTable

_SHOWN = 25


@menu_required("console.backups")
@require_safe
def restores(request: MemberRequest) -> HttpResponse:
    """Every restore that the company asked for, with its state."""
    page = Paginator(queries.requests(), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "table": RequestTable(list(page.object_list)), "may_start": asking.may_start()}
    return render(request, "backups/requests/restores.html", context)


@menu_required("console.backups")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def restore_new(request: MemberRequest) -> HttpResponse:
    """Ask for everything of a generation as a company of its own."""
    generations = list(queries.generations())
    form = CompanyForm(
        request.POST or None, generations=generations, initial={"company_code": f"{asking.code_prefix()}R1"}
    )
    if form.is_valid():
        typed = dict(form.cleaned_data)
        chosen = typed.pop("generation")
        archive = next(one for one in generations if str(one.id) == chosen)
        try:
            made = asking.ask_for_company(archive, **typed, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The request was sent. You get a mail at each step."))
            return redirect("console:restore", made.id)
    context = {
        "form": form,
        "found": bool(generations),
        "may_start": asking.may_start(),
        "trail": [(_("Restores"), reverse("console:restores")), (_("Restore the company"), "")],
    }
    return render(request, "backups/requests/restore_new.html", context)


@menu_required("console.backups")
@require_safe
def restore(request: MemberRequest, wish: UUID) -> HttpResponse:
    """One request: what was asked for, how far it is, what became of it."""
    found = _found(wish)
    trail = [(_("Restores"), reverse("console:restores")), (found.get_kind_display(), "")]
    return render(request, "backups/requests/restore.html", {"wish": found, "trail": trail})


@menu_required("console.backups")
@background
@require_safe
def restore_status(request: MemberRequest, wish: UUID) -> HttpResponse:
    """How far a restore is; its page asks every second."""
    found = _found(wish)
    response = render(request, "backups/requests/_progress.html", {"wish": found})
    if not found.is_queued:
        response["HX-Refresh"] = "true"
    return response


@menu_required("console.backups")
@require_POST
def restore_withdraw(request: MemberRequest, wish: UUID) -> HttpResponse:
    """Take a request back."""
    try:
        asking.withdraw(_found(wish), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The request was withdrawn."))
    return redirect("console:restore", wish)


def _found(key: UUID) -> RestoreRequest:
    found = queries.find_request(key)
    if found is None:
        raise Http404
    return found
