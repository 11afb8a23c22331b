"""Inquiries of a company: ask, read, write more, say that it is resolved (N4)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from accounts.forms import complain
from incidents.inquiries import asking, attachments, deadlines, downloads, queries
from incidents.inquiries.forms import InquiryForm, MessageForm
from incidents.inquiries.models import Inquiry
from incidents.inquiries.tables import InquiryTable
from incidents.inquiries.views.receiving import receive
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic
from vault.errors import StoreUnavailable

_SHOWN = 30


@menu_required("inquiries")
@require_safe
def inquiries(request: MemberRequest) -> HttpResponse:
    """Every inquiry of the company."""
    page = Paginator(queries.inquiries(), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "table": InquiryTable(list(page.object_list))}
    return render(request, "incidents/inquiries/list.html", context)


@menu_required("inquiries")
@require_http_methods(["GET", "HEAD", "POST"])
@own_transactions
@csrf_exempt  # `receive` checks the token, once the body is capped
def new(request: MemberRequest) -> HttpResponseBase:
    """Ask something."""
    if request.method == "POST":
        return receive(request, _ask)
    with atomic():
        return _new_page(request, InquiryForm())


@menu_required("inquiries")
@require_safe
def inquiry(request: MemberRequest, inquiry_id: UUID) -> HttpResponse:
    """The thread, and a form to go on with it."""
    return _page(request, _found(inquiry_id), MessageForm())


@menu_required("inquiries")
@require_POST
@own_transactions
@csrf_exempt
def write(request: MemberRequest, inquiry_id: UUID) -> HttpResponseBase:
    """Write more."""

    def answer(request: MemberRequest, too_large: bool) -> HttpResponseBase:
        with atomic():
            found = _found(inquiry_id)
        form = MessageForm(request.POST, request.FILES, too_large=too_large)
        if form.is_valid():
            typed = dict(form.cleaned_data)
            try:
                with attachments.stored(typed.pop("attached"), tenant_id=require_tenant_id()) as files:
                    asking.write(found, **typed, files=files, actor=request.user.as_actor())
            except ValidationError as error:
                complain(form, error)
            except StoreUnavailable:
                form.add_error("attached", not_stored())
            else:
                messages.success(request, _("The message was sent. You get a mail when there is an answer."))
                return redirect("inquiries:inquiry", inquiry_id)
        with atomic():
            return _page(request, found, form)

    return receive(request, answer)


@menu_required("inquiries")
@require_POST
def settle(request: MemberRequest, inquiry_id: UUID) -> HttpResponse:
    """Say that it is resolved."""
    try:
        asking.settle(_found(inquiry_id), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The inquiry is resolved. Write in it to open it again."))
    return redirect("inquiries:inquiry", inquiry_id)


@menu_required("inquiries")
@require_safe
@own_transactions
def download(request: MemberRequest, file_id: UUID) -> HttpResponseBase:
    """Hand out a file."""
    with atomic():
        found = queries.find_attachment(file_id)
    if found is None:
        raise Http404
    try:
        return downloads.deliver(found, by_operator=False, actor=request.user.as_actor(), method=request.method or "")
    except downloads.FileUnreadable:
        messages.error(request, _("The file cannot be read just now. Try again in a few minutes."))
        return redirect("inquiries:inquiry", found.message.inquiry_id)


def not_stored() -> str:
    """What is said where the store does not answer."""
    return _("The file could not be stored just now. Try again in a few minutes.")


def _ask(request: MemberRequest, too_large: bool) -> HttpResponseBase:
    form = InquiryForm(request.POST, request.FILES, too_large=too_large)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            with attachments.stored(typed.pop("attached"), tenant_id=require_tenant_id()) as files:
                made = asking.ask(**typed, files=files, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        except StoreUnavailable:
            form.add_error("attached", not_stored())
        else:
            messages.success(request, _("The inquiry was sent. You get a mail when there is an answer."))
            return redirect("inquiries:inquiry", made.id)
    with atomic():
        return _new_page(request, form)


def _new_page(request: MemberRequest, form: InquiryForm) -> HttpResponse:
    trail = [(_("Inquiries"), reverse("inquiries:list")), (_("New inquiry"), "")]
    return render(
        request, "incidents/inquiries/new.html", {"form": form, "trail": trail, "promised": deadlines.promised()}
    )


def _page(request: MemberRequest, found: Inquiry, form: MessageForm) -> HttpResponse:
    context = {
        "inquiry": found,
        "thread": queries.thread_of(found),
        "form": form,
        "trail": [(_("Inquiries"), reverse("inquiries:list")), (found.reference, "")],
    }
    return render(request, "incidents/inquiries/inquiry.html", context)


def _found(key: UUID) -> Inquiry:
    found = queries.find_inquiry(key)
    if found is None:
        raise Http404
    return found
