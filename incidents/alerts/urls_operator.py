"""Addresses of alerts, below `/operator/`."""

from django.urls import path

from incidents.alerts.views import operator

urlpatterns = [
    path("monitoring/", operator.alerts, name="alerts"),
    path("monitoring/alerts/<uuid:alert_id>/", operator.alert, name="alert"),
    path("monitoring/alerts/<uuid:alert_id>/acknowledge/", operator.alert_acknowledge, name="alert_acknowledge"),
    path("monitoring/alerts/<uuid:alert_id>/incident/", operator.alert_incident, name="alert_incident"),
    path("monitoring/thresholds/", operator.thresholds, name="thresholds"),
    path("monitoring/thresholds/<str:measure>/", operator.threshold, name="threshold"),
]
