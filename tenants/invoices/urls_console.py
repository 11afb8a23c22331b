"""Addresses of a company's invoices, below `/console/`."""

from django.urls import path

from tenants.invoices.views import console

urlpatterns = [
    path("contract/invoices/", console.invoices, name="invoices"),
    path("contract/invoices/<uuid:invoice_id>.pdf", console.invoice_pdf, name="invoice_pdf"),
]
