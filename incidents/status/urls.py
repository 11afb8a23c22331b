"""Addresses below /status/ that are no files of the rendered page."""

from django.urls import path

from incidents.status.views import public

urlpatterns = [
    path("status/", public.status, name="status"),
    path("status/subscribe/", public.subscribe, name="status_subscribe"),
    path("status/subscribed/", public.subscribed, name="status_subscribed"),
    path("status/subscription/<str:token>/", public.subscription, name="status_subscription"),
    path("status/subscription/<str:token>/confirm/", public.confirm, name="status_subscription_confirm"),
    path("status/unsubscribe/<str:token>/", public.unsubscribe, name="status_unsubscribe"),
]
