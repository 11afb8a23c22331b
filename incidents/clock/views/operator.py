"""Promised deadlines and the business calendar for the provider's operators (N1, N2)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, menu_required, step_up_to_change
from accounts.forms import complain
from config.business_hours import ZONE
from incidents.clock import editions, queries
from incidents.clock.forms import DeadlineFilterForm, EditionForm
from incidents.clock.kinds import KINDS
from incidents.clock.models import CalendarEdition
from incidents.clock.tables import ClosedDayTable, DeadlineTable, EditionTable
from tenants.queries import tenant_by_code, tenants_by_id

_MENU = "operator.incidents"
_NAMES = {"ja": "ja", "en": "en_US"}  # as the library of holidays calls its languages


@menu_required(_MENU)
@require_safe
def clocks(request: MemberRequest) -> HttpResponse:
    """What runs, what was met, and what was missed, which stays."""
    now = timezone.now()
    form = DeadlineFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    code = asked.get("company", "")
    company = tenant_by_code(code) if code else None
    if code and company is None:
        form.add_error("company", _("No company has this code."))
    page = queries.deadline_page(
        show=asked.get("show") or "open",
        kind=asked.get("kind", ""),
        tenant_id=company.id if company else None,
        number=request.GET.get("page", 1),
    )
    companies = tenants_by_id({each.tenant_id for each in page.object_list if each.tenant_id})
    context = {
        "form": form,
        "page": page,
        "table": DeadlineTable(page.object_list, now=now, companies=companies),
        "figures": queries.figures(now),
        "missed_url": f"{reverse('operator:clocks')}?show=missed",
        "kinds": KINDS.values(),
    }
    return render(request, "incidents/clock/clocks.html", context)


@menu_required(_MENU)
@require_safe
def calendar(request: MemberRequest) -> HttpResponse:
    """The edition in force, its closed days of the next twelve months, and the earlier editions."""
    edition = editions.edition_in_force()
    return _shown(request, edition, {"editions": EditionTable(queries.editions())})


@menu_required(_MENU)
@require_safe
def calendar_edition(request: MemberRequest, version: int) -> HttpResponse:
    """One edition: what counted by it."""
    edition = queries.find_edition(version)
    if edition is None:
        raise Http404
    return _shown(request, edition, {"trail": _trail(_("Edition %(number)d") % {"number": version})})


@menu_required(_MENU)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def calendar_new(request: MemberRequest) -> HttpResponse:
    """Make an edition."""
    form = EditionForm.after(request.POST or None, editions.edition_in_force())
    if form.is_valid():
        typed = form.cleaned_data
        try:
            editions.make_edition(
                typed["days_off"],
                reason=typed["reason"],
                year_end=typed["year_end"],
                opens=typed["opens"],
                closes=typed["closes"],
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The new edition is in force. Deadlines that run stay as they were promised."))
            return redirect("operator:calendar")
    title = _("New edition of the calendar")
    return render(request, "incidents/clock/edition_new.html", {"form": form, "title": title, "trail": _trail(title)})


def _shown(request: MemberRequest, edition: CalendarEdition, more: dict[str, Any]) -> HttpResponse:
    first = timezone.localdate(timezone.now() if "editions" in more else edition.created_at, ZONE)
    closed = queries.closed_days(edition, first, language=_NAMES.get(get_language() or "ja", "ja"))
    context = {"edition": edition, "closed": ClosedDayTable(closed), "first": first}
    return render(request, "incidents/clock/calendar.html", context | more)


def _trail(title: str) -> list[tuple[str, str]]:
    return [(_("Business calendar"), reverse("operator:calendar")), (title, "")]
