"""Addresses of inquiries for the people of a company."""

from django.urls import path

from incidents.inquiries.views import workspace

app_name = "inquiries"

urlpatterns = [
    path("", workspace.inquiries, name="list"),
    path("new/", workspace.new, name="new"),
    path("files/<uuid:file_id>/", workspace.download, name="download"),
    path("<uuid:inquiry_id>/", workspace.inquiry, name="inquiry"),
    path("<uuid:inquiry_id>/write/", workspace.write, name="write"),
    path("<uuid:inquiry_id>/settle/", workspace.settle, name="settle"),
]
