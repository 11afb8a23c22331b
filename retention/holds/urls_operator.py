"""Addresses of legal holds, below `/operator/`."""

from django.urls import path

from retention.holds.views import operator

urlpatterns = [
    path("holds/", operator.holds, name="holds"),
    path("holds/new/", operator.hold_new, name="hold_new"),
    path("holds/<uuid:hold_id>/", operator.hold, name="hold"),
    path("holds/<uuid:hold_id>/review/", operator.review, name="hold_review"),
    path("holds/<uuid:hold_id>/unseal/", operator.unseal, name="hold_unseal"),
    path("holds/<uuid:hold_id>/release/", operator.release, name="hold_release"),
    path("holds/<uuid:hold_id>/release/confirm/", operator.confirm, name="hold_release_confirm"),
    path("holds/<uuid:hold_id>/release/withdraw/", operator.withdraw, name="hold_release_withdraw"),
]
