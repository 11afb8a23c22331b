"""Addresses of the second factor."""

from django.urls import path

from accounts.factors.views import challenge, confirm

urlpatterns = [
    path("login/factor/", challenge.factor, name="factor"),
    path("confirm/", confirm.confirm, name="confirm"),
]
