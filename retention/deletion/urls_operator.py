"""Addresses of the deletion of companies, below `/operator/`."""

from django.urls import path

from retention.deletion.views import operator

urlpatterns = [
    path("deletions/", operator.deletion_list, name="deletions"),
    path("deletions/new/", operator.deletion_new, name="deletion_new"),
    path("deletions/<uuid:request_id>/", operator.deletion, name="deletion"),
    path("deletions/<uuid:request_id>/confirm/", operator.confirm, name="deletion_confirm"),
    path("deletions/<uuid:request_id>/withdraw/", operator.withdraw, name="deletion_withdraw"),
]
