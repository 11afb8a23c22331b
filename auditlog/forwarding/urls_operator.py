"""Addresses of forwarding, below `/operator/`."""

from django.urls import path

from auditlog.forwarding.views import operator

urlpatterns = [path("audit/forwarding/", operator.audit_forwarding, name="audit_forwarding")]
