"""Filters of the audit log that its readers keep (G2)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from auditlog.filters import EventFilter
from auditlog.queries import events
from auditlog.viewing import saving
from auditlog.viewing.forms import SavedFilterForm
from auditlog.viewing.models import SavedFilter
from auditlog.viewing.queries import filters_for, own_filter
from auditlog.viewing.tables import SavedFilterTable
from auditlog.views.browsing import browse


@menu_required("console.audit")
@require_safe
def saved_filters(request: MemberRequest) -> HttpResponse:
    """One's own and the shared ones."""
    context = {
        "table": SavedFilterTable(filters_for(request.user.id), reader_id=request.user.id),
        "most": saving.MOST_FILTERS,
        "trail": _trail(_("Saved filters")),
    }
    return render(request, "auditlog/viewing/filters.html", context)


@menu_required("console.audit")
@require_http_methods(["GET", "HEAD", "POST"])
def new_filter(request: MemberRequest) -> HttpResponse:
    """Keep the conditions of the address under a name."""
    form = SavedFilterForm(request.POST or None)
    conditions = _conditions(request.GET)

    def save() -> None:
        saving.save_filter(**_values(form), conditions=conditions, actor=request.user.as_actor())

    if _done(form, save):
        messages.success(request, _("The filter was saved."))
        return redirect(f"{reverse('console:audit')}?{request.GET.urlencode()}")
    return _form_page(request, form, _("Save these conditions"), request.GET)


@menu_required("console.audit")
@require_http_methods(["GET", "HEAD", "POST"])
def change_filter(request: MemberRequest, saved: UUID) -> HttpResponse:
    """Another name, or other readers."""
    found = _own(request, saved)
    form = SavedFilterForm(request.POST or None, initial={"name": found.name, "shared": found.shared})
    title = found.name
    if _done(form, lambda: saving.change_filter(found, **_values(form), actor=request.user.as_actor())):
        messages.success(request, _("The changes were saved."))
        return redirect("console:audit_filters")
    return _form_page(request, form, title, QueryDict(found.query))


@menu_required("console.audit")
@require_POST
def delete_filter(request: MemberRequest, saved: UUID) -> HttpResponse:
    """Delete one's own filter."""
    saving.delete_filter(_own(request, saved), actor=request.user.as_actor())
    messages.success(request, _("The filter was deleted."))
    return redirect("console:audit_filters")


def _own(request: MemberRequest, key: UUID) -> SavedFilter:
    """The filter of that key, if it is the reader's own."""
    found = own_filter(request.user.id, key)
    if found is None:
        raise Http404
    return found


def _conditions(asked: QueryDict) -> dict[str, str]:
    """What of an address are conditions, as they were typed."""
    return {name: str(asked[name]).replace("\0", "") for name in EventFilter.base_filters if asked.get(name)}


def _values(form: SavedFilterForm) -> dict[str, Any]:
    return {"name": form.cleaned_data["name"], "shared": form.cleaned_data["shared"]}


def _done(form: SavedFilterForm, deed: Callable[[], None]) -> bool:
    """Whether the form was in order and the deed is done; the form says what is wrong."""
    if not form.is_valid():
        return False
    try:
        deed()
    except ValidationError as error:
        complain(form, error)
        return False
    return True


def _form_page(request: MemberRequest, form: SavedFilterForm, title: str, asked: QueryDict) -> HttpResponse:
    found = browse(asked, events().none())
    context = {"form": form, "title": title, "found": found, "trail": _trail(title)}
    return render(request, "auditlog/viewing/filter_form.html", context)


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Audit log"), reverse("console:audit")), (here, "")]
