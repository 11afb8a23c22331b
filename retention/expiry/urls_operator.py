"""Addresses of expiry and of the register, below `/operator/`."""

from django.urls import path

from retention.expiry.views import operator

urlpatterns = [
    path("retention/", operator.overview, name="retention"),
    path("retention/register/", operator.register, name="register"),
    path("retention/runs/try/", operator.try_now, name="retention_try"),
    path("retention/runs/now/", operator.run_now, name="retention_run_now"),
    path("retention/runs/<uuid:run>/", operator.run, name="retention_run"),
]
