"""Addresses of maintenance, below `/operator/`."""

from django.urls import path

from incidents.maintenance.views import operator

urlpatterns = [
    path("maintenance/", operator.maintenances, name="maintenances"),
    path("maintenance/new/", operator.maintenance_new, name="maintenance_new"),
    path("maintenance/<uuid:maintenance_id>/", operator.maintenance, name="maintenance"),
    path("maintenance/<uuid:maintenance_id>/edit/", operator.maintenance_edit, name="maintenance_edit"),
    path("maintenance/<uuid:maintenance_id>/announce/", operator.maintenance_announce, name="maintenance_announce"),
    path("maintenance/<uuid:maintenance_id>/start/", operator.maintenance_start, name="maintenance_start"),
    path("maintenance/<uuid:maintenance_id>/end/", operator.maintenance_end, name="maintenance_end"),
    path("maintenance/<uuid:maintenance_id>/prolong/", operator.maintenance_prolong, name="maintenance_prolong"),
    path("maintenance/<uuid:maintenance_id>/cancel/", operator.maintenance_cancel, name="maintenance_cancel"),
]
