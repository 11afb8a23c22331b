"""Addresses of the audit log, below `/console/`."""

from django.urls import path

from auditlog.views import console, proofs, trails

urlpatterns = [
    path("audit/", console.audit, name="audit"),
    path("audit/volume/", console.audit_volume, name="audit_volume"),
    path("audit/target/", trails.audit_target, name="audit_target"),
    path("audit/user/", trails.audit_user, name="audit_user"),
    path("audit/<uuid:event>/", console.audit_event, name="audit_event"),
    path("audit/<uuid:event>/proof/", proofs.audit_event_proof, name="audit_event_proof"),
]
