"""Addresses of the contract, below `/console/`."""

from django.urls import path

from tenants.contract.views import console

urlpatterns = [
    path("contract/", console.contract, name="contract"),
]
