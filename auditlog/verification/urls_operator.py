"""Addresses of the proofs of all companies, below `/operator/`."""

from django.urls import path

from auditlog.verification.views import operator

urlpatterns = [path("audit/proofs/", operator.audit_proofs, name="audit_proofs")]
