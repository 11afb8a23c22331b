"""Addresses of the proof, below `/console/`."""

from django.urls import path

from auditlog.verification.views import console

urlpatterns = [
    path("audit/proof/", console.audit_proof, name="audit_proof"),
    path("audit/proof/verify_audit.py", console.audit_verifier, name="audit_verifier"),
    path("audit/proof/published-keys.json", console.audit_keys, name="audit_keys"),
]
