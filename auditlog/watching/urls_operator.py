"""Addresses of watching below `/operator/`: every company in numbers, and the rules."""

from django.urls import path

from auditlog.watching.views import operator

urlpatterns = [
    path("watch/", operator.overview, name="watch"),
    path("watch/rules/<str:rule>/", operator.rule_detail, name="watch_rule"),
]
