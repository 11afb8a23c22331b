"""What operators send and fetch: answers with files, and files of the company (N4). They open their transactions
themselves, for a body or a stream takes its time."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from accounts.forms import complain
from incidents.inquiries import answering, attachments, downloads, queries
from incidents.inquiries.forms import AnswerForm
from incidents.inquiries.models import InquiryState
from incidents.inquiries.views.operator import found, page_of
from incidents.inquiries.views.receiving import receive
from incidents.inquiries.views.workspace import not_stored
from tenants.isolation.transactions import atomic, tenant_transaction
from vault.errors import StoreUnavailable


@menu_required("operator.inquiries")
@require_POST
@own_transactions
@csrf_exempt  # `receive` checks the token, once the body is capped
def answer(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponseBase:
    """Answer the company."""

    def send(request: MemberRequest, too_large: bool) -> HttpResponseBase:
        listed = found(company, inquiry_id)
        form = AnswerForm(request.POST, request.FILES, too_large=too_large)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                with attachments.stored(typed["attached"], tenant_id=company) as files:
                    answering.answer(
                        listed.inquiry,
                        text=typed["text"],
                        state=InquiryState(typed["state"]),
                        files=files,
                        operator=request.user,
                        actor=request.user.as_actor(),
                    )
            except ValidationError as error:
                complain(form, error)
            except StoreUnavailable:
                form.add_error("attached", not_stored())
            else:
                messages.success(request, _("The answer was sent."))
                return redirect("operator:inquiry", company, inquiry_id)
        with atomic():
            return page_of(request, listed, answer_form=form)

    return receive(request, send)


@menu_required("operator.inquiries")
@require_safe
@own_transactions
def download(request: MemberRequest, company: UUID, inquiry_id: UUID, file_id: UUID) -> HttpResponseBase:
    """Hand out a file of an inquiry; both logs record it."""
    listed = found(company, inquiry_id)
    with tenant_transaction(company):
        file = queries.find_attachment(file_id)
    if file is None or file.message.inquiry_id != listed.inquiry.id:
        raise Http404
    try:
        return downloads.deliver(file, by_operator=True, actor=request.user.as_actor(), method=request.method or "")
    except downloads.FileUnreadable:
        messages.error(request, _("The file cannot be read just now. Try again in a few minutes."))
        return redirect("operator:inquiry", company, inquiry_id)
