"""A message with its files, read from the body of a request in memory and with no transaction open (N4, T7)."""

from collections.abc import Callable

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_protect

from accounts.access import MemberRequest
from accounts.people.forms import CappedUpload
from incidents.inquiries.attachments import MOST_BYTES
from incidents.inquiries.forms import InMemory

Answer = Callable[[MemberRequest, bool], HttpResponseBase]


def receive(request: MemberRequest, answer: Answer) -> HttpResponseBase:
    """Cap the body, then check the CSRF token, which reads it, then call `answer(request, too_large)`.

    For views with `own_transactions` and `csrf_exempt`.
    """
    cap = CappedUpload(request, most=MOST_BYTES)
    handlers: list[FileUploadHandler] = [cap, InMemory(request)]
    request.upload_handlers = handlers

    @csrf_protect
    def read(request: MemberRequest) -> HttpResponseBase:
        request.POST  # noqa: B018 - reads the body, where the check of the token has not
        return answer(request, cap.too_large)

    return read(request)
