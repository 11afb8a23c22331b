"""Notices on the operators' pages: write, look at, publish, withdraw, see who has read (N7)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents.notices import queries, services
from incidents.notices.forms import NoticeForm, ScheduleForm, WithdrawForm
from incidents.notices.models import Notice, NoticeState
from incidents.notices.tables import OperatorNoticeTable, ReceiptTable

MENU = "operator.notices"
_SHOWN = frozenset({"drafts", "withdrawn"})


@menu_required(MENU)
@require_safe
def notices(request: MemberRequest) -> HttpResponse:
    """Published ones; or drafts with those that wait for their hour, or withdrawn ones."""
    show = request.GET.get("show", "")
    show = show if show in _SHOWN else ""
    page = queries.notice_page(number=request.GET.get("page", 1), show=show)
    context = {"page": page, "table": OperatorNoticeTable(page.object_list), "show": show}
    return render(request, "incidents/notices/operator/list.html", context)


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_new(request: MemberRequest) -> HttpResponse:
    """Write a draft."""
    form = NoticeForm(request.POST or None)
    if form.is_valid():
        try:
            drafted = services.draft_notice(form.content(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The draft is saved. Look at it below, then publish or schedule it."))
            return redirect("operator:notice", drafted.id)
    return render(request, "incidents/notices/operator/form.html", {"form": form, "trail": _trail(_("New notice"))})


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_edit(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """Change what is not published yet and was written by hand."""
    found = _found(notice_id)
    if not found.is_open or found.about:
        raise Http404
    initial = NoticeForm.initial_of(found, queries.addressed_companies(found))
    form = NoticeForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.revise_notice(found, form.content(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The notice is changed."))
            return redirect("operator:notice", found.id)
    context = {"form": form, "found": found, "trail": _trail(_("Change the notice"))}
    return render(request, "incidents/notices/operator/form.html", context)


@menu_required(MENU)
@require_safe
def notice(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """One notice as companies see it, in both languages, and what can be done with it."""
    return _page(request, _found(notice_id))


@menu_required(MENU)
@require_POST
def notice_publish(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """Now."""
    found = _found(notice_id)
    return _act(request, found, lambda: services.publish_notice(found, actor=request.user.as_actor()), _("Published."))


@menu_required(MENU)
@require_POST
def notice_schedule(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """Later, or no longer later."""
    found = _found(notice_id)
    if "stop" in request.POST:
        done = _("The notice is a draft again.")
        return _act(request, found, lambda: _schedule(request, found, None), done)
    form = ScheduleForm(request.POST)
    done = _("The clock will publish the notice.")
    return _act(request, found, lambda: _schedule(request, found, form), done, schedule_form=form)


@menu_required(MENU)
@require_POST
def notice_withdraw(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """Take it back."""
    found, form = _found(notice_id), WithdrawForm(request.POST)

    def act() -> None:
        services.withdraw_notice(found, reason=form.cleaned_data["reason"], actor=request.user.as_actor())

    return _act(request, found, act, _("The notice is withdrawn."), withdraw_form=form)


def _schedule(request: MemberRequest, found: Notice, form: ScheduleForm | None) -> None:
    publish_at = form.cleaned_data["publish_at"] if form else None
    services.schedule_notice(found, publish_at=publish_at, actor=request.user.as_actor())


def _act(request: MemberRequest, found: Notice, act: Callable[[], object], done: str, **forms: Form) -> HttpResponse:
    """Do it, and go back to the notice; or show the notice with what is wrong."""
    form = next(iter(forms.values()), None)
    if form is None or form.is_valid():
        try:
            act()
        except ValidationError as error:
            if form is None:
                messages.error(request, " ".join(error.messages))
            else:
                complain(form, error)
        else:
            messages.success(request, done)
    if form is not None and form.errors:
        return _page(request, found, **forms)
    return redirect("operator:notice", found.id)


def _page(request: MemberRequest, found: Notice, **forms: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "found": found,
        "companies": queries.addressed_companies(found),
        "schedule_form": ScheduleForm(initial={"publish_at": found.publish_at}),
        "withdraw_form": WithdrawForm(),
        "trail": _trail(found.title_ja),
    }
    if found.state == NoticeState.PUBLISHED:
        receipts = queries.receipts_of(found, number=request.GET.get("page", 1))
        context |= {"receipts": receipts, "receipt_table": ReceiptTable(receipts.page.object_list)}
    return render(request, "incidents/notices/operator/notice.html", context | forms)


def _found(notice_id: UUID) -> Notice:
    found = queries.find_notice(notice_id)
    if found is None:
        raise Http404
    return found


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Notices"), reverse("operator:notices")), (here, "")]
