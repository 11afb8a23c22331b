"""Addresses of erasures and certificates, below `/operator/`."""

from django.urls import path

from retention.certificates.views import operator

urlpatterns = [
    path("erasures/", operator.erasure_list, name="erasures"),
    path("erasures/<uuid:erasure_id>/", operator.erasure, name="erasure"),
    path("erasures/<uuid:erasure_id>/certificate.json", operator.certificate_json, name="certificate_json"),
    path("erasures/<uuid:erasure_id>/certificate-<str:language>.pdf", operator.certificate_pdf, name="certificate_pdf"),
]
