"""Inquiries on the operators' pages: the queue of all companies, and what is done about one of them (N4)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
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
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents.inquiries import answering, notes, queries
from incidents.inquiries.forms import (
    MINE,
    NOBODYS,
    AnswerForm,
    AssignForm,
    NoteForm,
    QueueForm,
    StateForm,
)
from incidents.inquiries.models import WAITING, InquiryState
from incidents.inquiries.queue import Listed, Wanted, find_listed, queue_page
from incidents.inquiries.tables import QueueTable
from tenants.isolation.transactions import tenant_transaction


@menu_required("operator.inquiries")
@require_safe
def inquiries(request: MemberRequest) -> HttpResponse:
    """The queue: by default what waits for support, the oldest deadline first."""
    form = QueueForm(request.GET, operators=queries.operators())
    wanted = _wanted(request, form.cleaned_data) if form.is_valid() else Wanted(states=WAITING)
    page = queue_page(wanted, number=request.GET.get("page", 1))
    context = {"form": form, "page": page, "table": QueueTable(page.object_list)}
    return render(request, "incidents/inquiries/operator/queue.html", context)


@menu_required("operator.inquiries")
@require_safe
def inquiry(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponse:
    """One inquiry: its thread, the notes about it, and what can be done."""
    return page_of(request, found(company, inquiry_id))


@menu_required("operator.inquiries")
@require_POST
def note(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponse:
    """Write an internal note."""
    listed, form = found(company, inquiry_id), NoteForm(request.POST)

    def act() -> None:
        notes.add_note(listed.inquiry, text=form.cleaned_data["text"], actor=request.user.as_actor())

    return _act(request, listed, act, _("The note is there. The company does not see it."), note_form=form)


@menu_required("operator.inquiries")
@require_POST
def take_over(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponse:
    """Be in charge of it."""
    listed = found(company, inquiry_id)

    def act() -> None:
        answering.assign(listed.inquiry, to=request.user, actor=request.user.as_actor())

    return _act(request, listed, act, _("You are in charge of this inquiry now."))


@menu_required("operator.inquiries")
@require_POST
def assign(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponse:
    """Put somebody in charge."""
    listed, people = found(company, inquiry_id), queries.operators()
    form = AssignForm(request.POST, operators=people)

    def act() -> None:
        chosen = {str(one.id): one for one in people}.get(form.cleaned_data["operator"])
        answering.assign(listed.inquiry, to=chosen, actor=request.user.as_actor())

    return _act(request, listed, act, _("Who is in charge was changed."), assign_form=form)


@menu_required("operator.inquiries")
@require_POST
def change_state(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponse:
    """Another state without an answer."""
    listed, form = found(company, inquiry_id), StateForm(request.POST)

    def act() -> None:
        state = InquiryState(form.cleaned_data["state"])
        answering.change_state(listed.inquiry, state=state, actor=request.user.as_actor())

    return _act(request, listed, act, _("The state was changed."), state_form=form)


def found(company: UUID, inquiry_id: UUID) -> Listed:
    """The inquiry of a company. Raises Http404."""
    listed = find_listed(company, inquiry_id)
    if listed is None:
        raise Http404
    return listed


def page_of(request: MemberRequest, listed: Listed, **forms: Form) -> HttpResponse:
    """The page of one inquiry. In the provider's scope, in a transaction."""
    inquiry = listed.inquiry
    with tenant_transaction(inquiry.tenant_id):
        thread = queries.thread_of(inquiry)
    context: dict[str, Any] = {
        "listed": listed,
        "inquiry": inquiry,
        "thread": thread,
        "notes": notes.notes_of(inquiry),
        "overdue": listed.overdue,
        "mine": inquiry.assigned_to == request.user.id,
        "answer_form": AnswerForm(),
        "note_form": NoteForm(),
        "state_form": StateForm(initial={"state": inquiry.state}),
        "assign_form": AssignForm(operators=queries.operators(), initial={"operator": str(inquiry.assigned_to or "")}),
        "trail": trail_of(listed),
    }
    return render(request, "incidents/inquiries/operator/inquiry.html", context | forms)


def _act(request: MemberRequest, listed: Listed, act: Callable[[], None], done: str, **forms: Form) -> HttpResponse:
    """Do it, and go back to the inquiry; or show it with what is wrong."""
    form = next(iter(forms.values()), None)
    if form is None or form.is_valid():
        try:
            act()
        except ValidationError as error:
            if form is None or not hasattr(error, "error_dict"):
                messages.error(request, " ".join(error.messages))
            else:
                complain(form, error)
        else:
            messages.success(request, done)
    if form is not None and form.errors:
        return page_of(request, listed, **forms)
    return redirect("operator:inquiry", listed.inquiry.tenant_id, listed.inquiry.id)


def _wanted(request: MemberRequest, typed: dict[str, Any]) -> Wanted:
    states = {"": WAITING, "all": ()}.get(typed["state"], (typed["state"],))
    whose, deadline = typed["in_charge"], typed["deadline"]
    in_charge = request.user.id if whose == MINE else UUID(whose) if whose not in {"", NOBODYS} else None
    limits = {"overdue": timezone.now(), "today": _end_of_today()}
    return Wanted(
        states=states,
        company=typed["company"].strip(),
        in_charge=in_charge,
        nobodys=whose == NOBODYS,
        due_before=limits.get(deadline),
    )


def _end_of_today() -> datetime:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))


def trail_of(listed: Listed, *more: str) -> list[tuple[str, str]]:
    """The way to the page of an inquiry, or to one behind it."""
    inquiry = listed.inquiry
    here = f"{listed.company_code} {inquiry.reference}"
    page = reverse("operator:inquiry", args=[inquiry.tenant_id, inquiry.id]) if more else ""
    return [(_("Inquiries"), reverse("operator:inquiries")), (here, page), *((one, "") for one in more)]
