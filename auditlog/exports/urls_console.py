"""Addresses of exports of the audit log, below `/console/`."""

from django.urls import path

from auditlog.exports.views import console

urlpatterns = [
    path("audit/exports/", console.audit_exports, name="audit_exports"),
    path("audit/exports/<uuid:export>/status/", console.audit_export_status, name="audit_export_status"),
    path("audit/exports/<uuid:export>/cancel/", console.audit_export_cancel, name="audit_export_cancel"),
    path("audit/exports/<uuid:export>/again/", console.audit_export_again, name="audit_export_again"),
    path("audit/exports/<uuid:export>/file/", console.audit_export_file, name="audit_export_file"),
    path("audit/exports/<uuid:export>/signature/", console.audit_export_signature, name="audit_export_signature"),
]
