"""Addresses of incidents, below `/operator/`."""

from django.urls import path

from incidents.views import companies, deeds, operator, reports

urlpatterns = [
    path("incidents/", operator.incidents, name="incidents"),
    path("incidents/new/", operator.incident_new, name="incident_new"),
    path("incidents/settings/", operator.incident_settings, name="incident_settings"),
    path("incidents/<str:number>/", operator.incident, name="incident"),
    path("incidents/<str:number>/details/", operator.incident_edit, name="incident_edit"),
    path("incidents/<str:number>/companies/", companies.incident_companies, name="incident_companies"),
    path("incidents/<str:number>/companies/<uuid:tenant_id>/", companies.incident_impact, name="incident_impact"),
    path("incidents/<str:number>/reports/", deeds.incident_draft, name="incident_draft"),
    path("incidents/<str:number>/reports/<uuid:report_id>/", reports.incident_report, name="incident_report"),
    path(
        "incidents/<str:number>/reports/<uuid:report_id>/discard/",
        reports.incident_report_discard,
        name="incident_report_discard",
    ),
    path("incidents/<str:number>/do/<slug:deed>/", deeds.incident_deed, name="incident_deed"),
]
