"""The PDF of an invoice as an answer, for both audiences."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from accounts.access import MemberRequest
from tenants.invoices import reporting
from tenants.invoices.models import Invoice


def paper(request: MemberRequest, invoice: Invoice) -> HttpResponse:
    """Its PDF in the reader's language; that it was downloaded is recorded. With no transaction open."""
    content = b""
    if request.method != "HEAD":
        language = get_language() or "ja"
        content = reporting.pdf(reporting.invoice_data(invoice, language=language, actor=request.user.as_actor()))
    disposition = content_disposition_header(True, reporting.file_name(invoice)) or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
