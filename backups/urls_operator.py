"""Addresses of the backups of all companies, below `/operator/`."""

from django.urls import path

from backups.views import operator

urlpatterns = [
    path("backups/", operator.overview, name="backups"),
]
