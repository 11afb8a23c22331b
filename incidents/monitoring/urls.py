"""Addresses for machines."""

from django.urls import path

from incidents.monitoring.views import public

urlpatterns = [
    path("readyz", public.readyz, name="readyz"),
    path("metrics", public.metrics, name="metrics"),
]
