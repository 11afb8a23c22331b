"""Addresses of restore drills, below `/operator/`."""

from django.urls import path

from backups.drills.views import operator

urlpatterns = [
    path("backups/drills/", operator.drills, name="backup_drills"),
    path("backups/drills/now/", operator.drill_now, name="backup_drill_now"),
    path("backups/drills/<uuid:drill>/", operator.drill, name="backup_drill"),
]
