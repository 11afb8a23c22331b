"""Addresses of leaving, below `/operator/`."""

from django.urls import path

from retention.cancellation.views import operator

urlpatterns = [
    path("retention/leaving/", operator.leaving, name="leaving"),
    path("retention/leaving/new/", operator.leaving_new, name="leaving_new"),
    path("retention/leaving/<uuid:cancellation>/withdraw/", operator.leaving_withdraw, name="leaving_withdraw"),
    path("retention/promise/", operator.promise, name="promise"),
]
