"""Addresses of saved filters, below `/console/`."""

from django.urls import path

from auditlog.viewing.views import console

urlpatterns = [
    path("audit/filters/", console.saved_filters, name="audit_filters"),
    path("audit/filters/new/", console.new_filter, name="audit_filter_new"),
    path("audit/filters/<uuid:saved>/", console.change_filter, name="audit_filter"),
    path("audit/filters/<uuid:saved>/delete/", console.delete_filter, name="audit_filter_delete"),
]
