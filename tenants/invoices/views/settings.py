"""What invoices are made of: the price list and the issuer, on the operators' pages (T6)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from tenants.invoices import issuers, pricing, queries
from tenants.invoices.forms import IssuerForm, PriceForm
from tenants.invoices.tables import PriceTable


@menu_required("operator.contracts")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def issuer(request: MemberRequest) -> HttpResponse:
    """Who issues, and the account that is paid to: the one who changes it proves who they are."""
    form = IssuerForm(request.POST or None, instance=queries.issuer())
    if form.is_valid():
        try:
            issuers.change_issuer(**form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The changes were saved. Invoices that were issued stay as they are."))
            return redirect("operator:invoice_issuer")
    context = {"form": form, "missing": issuers.missing(queries.issuer())}
    return render(request, "tenants/invoices/operator/issuer.html", context)


@menu_required("operator.contracts")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def prices(request: MemberRequest) -> HttpResponse:
    """The price list, and a new price."""
    form = PriceForm(request.POST or None)
    if form.is_valid():
        try:
            pricing.set_price(**form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The price is in the list."))
            return redirect("operator:invoice_prices")
    context = {"form": form, "table": PriceTable(queries.prices())}
    return render(request, "tenants/invoices/operator/prices.html", context)


@menu_required("operator.contracts")
@require_POST
@step_up
def price_withdraw(request: MemberRequest, price_id: UUID) -> HttpResponse:
    """Take a price back that nobody was invoiced by."""
    if queries.find_price(price_id) is None:
        raise Http404
    try:
        pricing.withdraw_price(price_id, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The price was taken out of the list."))
    return redirect("operator:invoice_prices")
