"""Addresses of expiry and of the register, below `/operator/`."""

from django.urls import path

from retention.expiry.views import operator

urlpatterns = [
    path("retention/", operator.overview, name="retention"),
]
