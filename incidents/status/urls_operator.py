"""Addresses of the operators' page of the status page, below `/operator/`."""

from django.urls import path

from incidents.status.views import operator

urlpatterns = [
    path("monitoring/status-page/", operator.status_page, name="status_page"),
    path("monitoring/status-page/render/", operator.render_now, name="status_page_render"),
    path("monitoring/status-page/<uuid:override_id>/free/", operator.free, name="status_page_free"),
]
