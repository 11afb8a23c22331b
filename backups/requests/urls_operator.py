"""Addresses of restores, below `/operator/`."""

from django.urls import path

from backups.requests.views import operator

_ONE = "backups/restores/<uuid:company>/<uuid:wish>/"

urlpatterns = [
    path("backups/restores/", operator.restores, name="restores"),
    path(_ONE, operator.restore, name="restore"),
    path(f"{_ONE}approve/", operator.restore_approve, name="restore_approve"),
    path(f"{_ONE}refuse/", operator.restore_refuse, name="restore_refuse"),
]
