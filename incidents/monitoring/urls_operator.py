"""Addresses of probes, below `/operator/`."""

from django.urls import path

from incidents.monitoring.views import operator

urlpatterns = [path("monitoring/probes/", operator.probes, name="probes")]
