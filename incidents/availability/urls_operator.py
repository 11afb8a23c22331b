"""Addresses of availability, below `/operator/`."""

from django.urls import path

from incidents.availability.views import operator

urlpatterns = [
    path("monitoring/availability/", operator.availability, name="availability"),
    path("monitoring/availability.csv", operator.availability_csv, name="availability_csv"),
]
