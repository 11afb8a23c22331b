"""Addresses of the emergency opening, below `/operator/`."""

from django.urls import path

from accounts.network.views import operator

urlpatterns = [
    path("network/", operator.openings, name="network"),
]
