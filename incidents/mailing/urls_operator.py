"""Addresses of mailings, below `/operator/`."""

from django.urls import path

from incidents.mailing.views import operator

urlpatterns = [
    path("mailings/<uuid:mailing_id>/", operator.mailing, name="mailing"),
    path("mailings/<uuid:mailing_id>/again/", operator.mailing_again, name="mailing_again"),
    path("mailings/<uuid:mailing_id>/stop/", operator.mailing_stop, name="mailing_stop"),
]
