"""Addresses of the promise clock, below `/operator/`."""

from django.urls import path

from incidents.clock.views import operator

urlpatterns = [
    path("clocks/", operator.clocks, name="clocks"),
    path("calendar/", operator.calendar, name="calendar"),
    path("calendar/new/", operator.calendar_new, name="calendar_new"),
    path("calendar/<int:version>/", operator.calendar_edition, name="calendar_edition"),
]
