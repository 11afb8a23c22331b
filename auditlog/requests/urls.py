"""Addresses of the request log, below `/operator/`."""

from django.urls import path

from auditlog.requests.views import operator

urlpatterns = [path("requests/", operator.requests, name="requests")]
