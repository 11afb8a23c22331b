"""Addresses of documents about incidents in the console."""

from django.urls import path

from incidents.reports.views import console

_ONE = "incidents/<str:number>/"

urlpatterns = [
    path(f"{_ONE}reports/<uuid:report_id>/<str:language>.<str:form>", console.report_file, name="incident_report_file"),
    path(f"{_ONE}record/<str:language>.<str:form>", console.record_file, name="incident_record_file"),
]
