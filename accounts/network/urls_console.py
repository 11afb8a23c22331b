"""Addresses of allowed networks, below `/console/`."""

from django.urls import path

from accounts.network.views import console

urlpatterns = [
    path("network/", console.overview, name="network"),
    path("network/add/", console.add, name="network_add"),
    path("network/paste/", console.paste, name="network_paste"),
    path("network/switch/", console.switch, name="network_switch"),
    path("network/close/", console.close, name="network_close"),
    path("network/<uuid:network>/", console.edit, name="network_edit"),
    path("network/<uuid:network>/remove/", console.remove, name="network_remove"),
]
