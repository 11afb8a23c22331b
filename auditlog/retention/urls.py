"""Addresses of the upkeep of the audit log, below `/operator/`."""

from django.urls import path

from auditlog.retention.views import operator

urlpatterns = [
    path("audit/retention/", operator.audit_retention, name="audit_retention"),
    path("tenants/<company_code>/audit/retention/", operator.tenant_retention, name="tenant_retention"),
]
