"""Addresses of invoices, below `/operator/`."""

from django.urls import path

from tenants.invoices.views import operator, settings

urlpatterns = [
    path("invoices/", operator.invoices, name="invoices"),
    path("invoices.csv", operator.invoices_csv, name="invoices_csv"),
    path("invoices/issuer/", settings.issuer, name="invoice_issuer"),
    path("invoices/prices/", settings.prices, name="invoice_prices"),
    path("invoices/prices/<uuid:price_id>/withdraw/", settings.price_withdraw, name="invoice_price_withdraw"),
    path("invoices/<uuid:invoice_id>/", operator.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>.pdf", operator.invoice_pdf, name="invoice_pdf"),
    path("invoices/<uuid:invoice_id>/credit/", operator.invoice_credit, name="invoice_credit"),
]
