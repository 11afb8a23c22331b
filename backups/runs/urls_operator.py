"""Addresses of runs, below `/operator/`."""

from django.urls import path

from backups.runs.views import operator

urlpatterns = [path("backups/runs/", operator.runs, name="backup_runs")]
