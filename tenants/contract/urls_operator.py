"""Addresses of contracts, below `/operator/`."""

from django.urls import path

from tenants.contract.views import operator

urlpatterns = [
    path("contracts/", operator.contract_list, name="contracts"),
    path("contracts/<uuid:tenant_id>/", operator.contract, name="contract"),
]
