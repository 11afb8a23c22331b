"""Addresses of backups, below `/console/`."""

from django.urls import path

from backups.views import console

urlpatterns = [
    path("backups/", console.archives, name="backups"),
]
