"""Addresses of notices, below `/operator/`."""

from django.urls import path

from incidents.notices.views import operator

urlpatterns = [
    path("notices/", operator.notices, name="notices"),
    path("notices/new/", operator.notice_new, name="notice_new"),
    path("notices/<uuid:notice_id>/", operator.notice, name="notice"),
    path("notices/<uuid:notice_id>/edit/", operator.notice_edit, name="notice_edit"),
    path("notices/<uuid:notice_id>/publish/", operator.notice_publish, name="notice_publish"),
    path("notices/<uuid:notice_id>/schedule/", operator.notice_schedule, name="notice_schedule"),
    path("notices/<uuid:notice_id>/withdraw/", operator.notice_withdraw, name="notice_withdraw"),
]
