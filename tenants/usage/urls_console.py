"""Addresses of the company's own usage, below `/console/`."""

from django.urls import path

from tenants.usage.views import console

urlpatterns = [
    path("contract/usage/", console.usage, name="usage"),
    path("contract/usage.csv", console.usage_csv, name="usage_csv"),
]
