"""Addresses of everybody's usage, below `/operator/`."""

from django.urls import path

from tenants.usage.views import operator

urlpatterns = [
    path("usage/", operator.usage, name="usage"),
    path("usage.csv", operator.usage_csv, name="usage_csv"),
    path("usage/<uuid:tenant_id>/", operator.usage_company, name="usage_company"),
    path("usage/<uuid:tenant_id>.csv", operator.usage_company_csv, name="usage_company_csv"),
]
