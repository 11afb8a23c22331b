"""Addresses of the backups of all companies, below `/operator/`."""

from django.urls import path

from backups.views import operator, stores

urlpatterns = [
    path("backups/", operator.overview, name="backups"),
    path("backups/stores/", stores.stores, name="backup_stores"),
    path("backups/companies/<company_code>/", operator.company, name="backup_company"),
    path("backups/companies/<company_code>/make/", operator.back_up, name="backup_make"),
    path("backups/companies/<company_code>/<uuid:archive>/verify/", operator.verify, name="backup_verify"),
]
