"""Addresses of incidents, below `/console/`."""

from django.urls import path

from incidents.views import console

urlpatterns = [
    path("incidents/", console.incidents, name="incidents"),
    path("incidents/<str:number>/", console.incident, name="incident"),
]
