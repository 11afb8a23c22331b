"""Addresses of watching below `/console/`: the company's own findings."""

from django.urls import path

from auditlog.watching.views import console

urlpatterns = [
    path("audit/watch/", console.findings, name="watch"),
    path("audit/watch/<uuid:finding>/", console.finding_detail, name="watch_finding"),
    path("audit/watch/<uuid:finding>/seen/", console.seen, name="watch_seen"),
    path("audit/watch/<uuid:finding>/explain/", console.explain, name="watch_explain"),
]
