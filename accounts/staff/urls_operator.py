"""Addresses of staff access below `/operator/`: the provider's side."""

from django.urls import path

from accounts.staff.views import operator

urlpatterns = [
    path("staff-access/", operator.access_list, name="staff_accesses"),
    path("staff-access/new/", operator.access_new, name="staff_access_new"),
    path("staff-access/<uuid:company>/<uuid:access>/", operator.access_detail, name="staff_access"),
    path("staff-access/<uuid:company>/<uuid:access>/approve/", operator.approve, name="staff_access_approve"),
    path("staff-access/<uuid:company>/<uuid:access>/enter/", operator.enter, name="staff_access_enter"),
    path("staff-access/<uuid:company>/<uuid:access>/end/", operator.end, name="staff_access_end"),
]
