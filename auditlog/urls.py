"""Addresses of the audit log, below `/console/`."""

from django.urls import path

from auditlog.views import console, proofs

urlpatterns = [
    path("audit/", console.audit, name="audit"),
    path("audit/<uuid:event>/", console.audit_event, name="audit_event"),
    path("audit/<uuid:event>/proof/", proofs.audit_event_proof, name="audit_event_proof"),
]
