"""Addresses of disclosures, below `/operator/`."""

from django.urls import path

from retention.disclosure.views import operator

urlpatterns = [
    path("holds/disclosures/", operator.disclosures, name="disclosures"),
    path("holds/disclosures/new/", operator.disclosure_new, name="disclosure_new"),
    path("holds/<uuid:hold_id>/disclose/", operator.disclosure_of_hold, name="hold_disclose"),
    path("holds/disclosures/<uuid:disclosure_id>/", operator.disclosure, name="disclosure"),
    path("holds/disclosures/<uuid:disclosure_id>/approve/", operator.approve, name="disclosure_approve"),
    path("holds/disclosures/<uuid:disclosure_id>/refuse/", operator.refuse, name="disclosure_refuse"),
    path("holds/disclosures/<uuid:disclosure_id>/file/", operator.file, name="disclosure_file"),
    path("holds/disclosures/<uuid:disclosure_id>/handouts/", operator.handout, name="disclosure_handout"),
]
