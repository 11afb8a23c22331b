"""Addresses of restores, below `/console/`."""

from django.urls import path

from backups.requests.views import console, files

urlpatterns = [
    path("backups/files/", files.newest_files, name="deleted_files_newest"),
    path("backups/<uuid:archive>/files/", files.deleted_files, name="deleted_files"),
    path("backups/restores/", console.restores, name="restores"),
    path("backups/restores/new/", console.restore_new, name="restore_new"),
    path("backups/restores/<uuid:wish>/", console.restore, name="restore"),
    path("backups/restores/<uuid:wish>/status/", console.restore_status, name="restore_status"),
    path("backups/restores/<uuid:wish>/withdraw/", console.restore_withdraw, name="restore_withdraw"),
]
