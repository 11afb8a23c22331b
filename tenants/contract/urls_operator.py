"""Addresses of contracts, below `/operator/`."""

from django.urls import path

from tenants.contract.views import operator

urlpatterns = [
    path("contracts/", operator.contract_list, name="contracts"),
    path("contracts/<uuid:tenant_id>/", operator.contract, name="contract"),
    path("contracts/<uuid:tenant_id>/organisation/", operator.organisation, name="contract_organisation"),
    path("contracts/<uuid:tenant_id>/time-zone/", operator.zone, name="contract_zone"),
    path("contracts/<uuid:tenant_id>/plan/", operator.plan, name="contract_plan"),
    path("contracts/<uuid:tenant_id>/menus/", operator.menus, name="contract_menus"),
    path("contracts/<uuid:tenant_id>/edition/", operator.edition, name="contract_edition"),
]
