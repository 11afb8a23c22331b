"""Addresses of forwarding, below `/console/`."""

from django.urls import path

from auditlog.forwarding.views import console

urlpatterns = [
    path("audit/forwarding/", console.forwarding, name="forwarding"),
    path("audit/forwarding/webhook/", console.forwarding_new, {"kind": "webhook"}, name="forwarding_new_webhook"),
    path("audit/forwarding/syslog/", console.forwarding_new, {"kind": "syslog"}, name="forwarding_new_syslog"),
    path("audit/forwarding/<uuid:destination>/", console.forwarding_destination, name="forwarding_destination"),
    path("audit/forwarding/<uuid:destination>/edit/", console.forwarding_edit, name="forwarding_edit"),
    path("audit/forwarding/<uuid:destination>/test/", console.forwarding_test, name="forwarding_test"),
    path("audit/forwarding/<uuid:destination>/pause/", console.forwarding_pause, name="forwarding_pause"),
    path("audit/forwarding/<uuid:destination>/resume/", console.forwarding_resume, name="forwarding_resume"),
    path("audit/forwarding/<uuid:destination>/secret/", console.forwarding_secret, name="forwarding_secret"),
    path("audit/forwarding/<uuid:destination>/remove/", console.forwarding_remove, name="forwarding_remove"),
]
