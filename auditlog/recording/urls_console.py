"""Addresses of the settings of the audit log, below `/console/`."""

from django.urls import path

from auditlog.recording.views import console

urlpatterns = [path("audit/settings/", console.audit_settings, name="audit_settings")]
