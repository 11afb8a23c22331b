"""Addresses of documents and reviews in the operators' pages."""

from django.urls import path

from incidents.reports.views import operator

_ONE = "incidents/<str:number>/"

urlpatterns = [
    path(f"{_ONE}review/", operator.review, name="incident_review"),
    path(f"{_ONE}review/finish/", operator.review_finish, name="incident_review_finish"),
    path(f"{_ONE}review/fill/", operator.review_fill, name="incident_review_fill"),
    path(f"{_ONE}measures/", operator.measure_add, name="incident_measure_add"),
    path(f"{_ONE}measures/<uuid:measure_id>/", operator.measure, name="incident_measure"),
    path(f"{_ONE}measures/<uuid:measure_id>/done/", operator.measure_done, name="incident_measure_done"),
    path(f"{_ONE}measures/<uuid:measure_id>/drop/", operator.measure_drop, name="incident_measure_drop"),
    path(
        f"{_ONE}reports/<uuid:report_id>/<str:language>.<str:form>", operator.report_file, name="incident_report_file"
    ),
    path(
        f"{_ONE}records/<uuid:tenant_id>/<str:language>.<str:form>", operator.record_file, name="incident_record_file"
    ),
]
