"""Addresses of removal, import and export below `/console/`."""

from django.urls import path

from accounts.people.views import going, imports

urlpatterns = [
    path("users/export/", going.user_export, name="user_export"),
    path("users/<uuid:user>/remove/", going.user_remove, name="user_remove"),
    path("users/import/", imports.import_list, name="user_imports"),
    path("users/import/template/", imports.import_template, name="user_import_template"),
    path("users/import/<uuid:upload>/", imports.import_detail, name="user_import"),
    path("users/import/<uuid:upload>/status/", imports.import_status, name="user_import_status"),
    path("users/import/<uuid:upload>/start/", imports.import_start, name="user_import_start"),
    path("users/import/<uuid:upload>/discard/", imports.import_discard, name="user_import_discard"),
]
