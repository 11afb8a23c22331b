"""Addresses of keys and their destruction, below `/operator/`."""

from django.urls import path

from backups.destruction.views import operator

urlpatterns = [
    path("keys/", operator.key_list, name="keys"),
    path("keys/destruction/new/", operator.destruction_new, name="keys_destruction_new"),
    path("keys/destruction/<uuid:request_id>/", operator.destruction, name="keys_destruction"),
    path("keys/destruction/<uuid:request_id>/confirm/", operator.confirm, name="keys_destruction_confirm"),
    path("keys/destruction/<uuid:request_id>/withdraw/", operator.withdraw, name="keys_destruction_withdraw"),
]
