"""Addresses of staff access below `/console/`: the company's side."""

from django.urls import path

from accounts.staff.views import console

urlpatterns = [
    path("staff-access/", console.access_list, name="staff_accesses"),
    path("staff-access/<uuid:access>/", console.access_detail, name="staff_access"),
    path("staff-access/<uuid:access>/approve/", console.approve, name="staff_access_approve"),
    path("staff-access/<uuid:access>/refuse/", console.refuse, name="staff_access_refuse"),
    path("staff-access/<uuid:access>/end/", console.end, name="staff_access_end"),
]
