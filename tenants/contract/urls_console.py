"""Addresses of the contract, below `/console/`."""

from django.urls import path

from tenants.contract.views import console

urlpatterns = [
    path("contract/", console.contract, name="contract"),
    path("contract/organisation/", console.organisation, name="contract_organisation"),
    path("contract/menus/", console.menus, name="contract_menus"),
    path("contract/time-zone/", console.zone, name="contract_zone"),
]
