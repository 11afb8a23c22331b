"""Addresses of the chats for alarms, below `/operator/`."""

from django.urls import path

from incidents.alarms.views import operator

urlpatterns = [
    path("monitoring/channels/", operator.channels, name="channels"),
    path("monitoring/channels/new/", operator.channel_new, name="channel_new"),
    path("monitoring/channels/<uuid:channel_id>/", operator.channel, name="channel"),
    path("monitoring/channels/<uuid:channel_id>/test/", operator.channel_test, name="channel_test"),
    path("monitoring/channels/<uuid:channel_id>/switch/", operator.channel_switch, name="channel_switch"),
    path("monitoring/channels/<uuid:channel_id>/remove/", operator.channel_remove, name="channel_remove"),
]
