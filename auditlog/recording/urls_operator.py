"""Addresses of the settings of companies' audit logs, below `/operator/`."""

from django.urls import path

from auditlog.recording.views import operator

urlpatterns = [path("tenants/<company_code>/audit/", operator.tenant_audit, name="tenant_audit")]
