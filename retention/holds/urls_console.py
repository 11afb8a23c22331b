"""Addresses of legal holds, below `/console/`."""

from django.urls import path

from retention.holds.views import console

urlpatterns = [path("contract/holds/", console.holds, name="holds")]
