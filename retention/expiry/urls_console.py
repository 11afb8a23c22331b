"""Addresses of the register, below `/console/`."""

from django.urls import path

from retention.expiry.views import console

urlpatterns = [path("contract/register/", console.register, name="register")]
