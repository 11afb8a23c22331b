"""Addresses about the keeping of data that everybody may open."""

from django.urls import path

from backups.views import workspace

urlpatterns = [path("data-location/", workspace.data_location, name="data_location")]
