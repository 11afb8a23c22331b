"""The ledger of invoices for operators: look, sum up, download, take back (T6)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up
from accounts.forms import complain
from auditlog.exports.spreadsheet import BOM, csv_rows
from tenants.invoices import crediting, issuers, queries
from tenants.invoices.forms import CreditForm, LedgerFilterForm
from tenants.invoices.models import Invoice
from tenants.invoices.tables import LedgerTable
from tenants.invoices.views.answers import paper


@menu_required("operator.contracts")
@require_safe
def invoices(request: MemberRequest) -> HttpResponse:
    """Everybody's invoices with search, sums, and what keeps new ones from being issued."""
    form = LedgerFilterForm(request.GET)
    page, sums = queries.ledger_page(form.conditions(), number=request.GET.get("page", 1))
    context = {
        "form": form,
        "page": page,
        "sums": sums,
        "table": LedgerTable(page.object_list),
        "missing": issuers.missing(queries.issuer()),
        "has_prices": bool(queries.prices()),
        "query": request.GET.urlencode(),
    }
    return render(request, "tenants/invoices/operator/invoices.html", context)


@menu_required("operator.contracts")
@require_safe
def invoices_csv(request: MemberRequest) -> HttpResponse:
    """What the filters find, as a table for the books; credit notes below zero."""
    headings = (
        *(_("Number"), _("Kind"), _("Company code"), _("Organisation name"), _("Month"), _("Issued")),
        *(_("Payment due"), _("Without tax"), _("Tax"), _("Total (JPY)"), _("For invoice"), _("Reason")),
    )
    rows = [_row(one) for one in queries.ledger(LedgerFilterForm(request.GET).conditions())]
    headers = {"Content-Disposition": 'attachment; filename="invoices.csv"'}
    return HttpResponse(BOM + csv_rows([headings, *rows]), content_type="text/csv; charset=utf-8", headers=headers)


@menu_required("operator.contracts")
@require_safe
def invoice(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice or credit note."""
    found = _found(invoice_id)
    return _page(request, found)


@menu_required("operator.contracts")
@require_safe
@own_transactions
def invoice_pdf(request: MemberRequest, invoice_id: UUID) -> HttpResponseBase:
    """As PDF, the same paper that the company has."""
    return paper(request, _found(invoice_id))


@menu_required("operator.contracts")
@require_POST
@step_up
def invoice_credit(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """Take back from an invoice by a credit note."""
    found = _found(invoice_id)
    form = CreditForm(request.POST, rests=crediting.rests(found))
    if form.is_valid():
        try:
            note = crediting.credit(
                found,
                form.nets(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The credit note was issued. The company is told by mail within the hour."))
            return redirect("operator:invoice", note.id)
    return _page(request, found, form=form)


def _found(invoice_id: UUID) -> Invoice:
    found = queries.find(invoice_id)
    if found is None:
        raise Http404
    return found


def _page(request: MemberRequest, found: Invoice, *, form: CreditForm | None = None) -> HttpResponse:
    rests = [] if found.is_credit_note else [rest for rest in crediting.rests(found) if rest.net]
    context = {
        "invoice": found,
        "notes": queries.credit_notes(found.id),
        "form": form or (CreditForm(rests=rests) if rests else None),
        "trail": [(_("Invoices"), reverse("operator:invoices")), (found.number, "")],
    }
    return render(request, "tenants/invoices/operator/invoice.html", context)


def _row(one: Invoice) -> list[object]:
    sign = -1 if one.is_credit_note else 1
    return [
        one.number,
        one.get_kind_display(),
        one.company_code,
        one.recipient_name,
        f"{one.period:%Y-%m}",
        one.issued_on,
        one.due_on or "",
        sign * one.net,
        sign * one.tax,
        sign * one.total,
        one.corrects_number,
        one.reason,
    ]
