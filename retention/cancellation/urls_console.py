"""Addresses of leaving, below `/console/`."""

from django.urls import path

from retention.cancellation.views import console

urlpatterns = [
    path("contract/cancellation/", console.cancellation, name="cancellation"),
    path("contract/cancellation/withdraw/", console.cancellation_withdraw, name="cancellation_withdraw"),
]
