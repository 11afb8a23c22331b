"""The company's own invoices, until its use ends (T6)."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from tenants.invoices import queries
from tenants.invoices.tables import InvoiceTable
from tenants.invoices.views.answers import paper
from tenants.isolation.transactions import atomic

_SHOWN = 25


@menu_required("console.contract")
@require_safe
def invoices(request: MemberRequest) -> HttpResponse:
    """All of them, newest first."""
    page = Paginator(queries.invoices_of_tenant(), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "table": InvoiceTable(list(page.object_list))}
    return render(request, "tenants/invoices/invoices.html", context)


@menu_required("console.contract")
@require_safe
@own_transactions
def invoice_pdf(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """One of them as PDF."""
    with atomic():
        found = queries.find_own(invoice_id)
    if found is None:
        raise Http404
    return paper(request, found)
