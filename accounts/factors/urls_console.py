"""Addresses of the second factor below `/console/`."""

from django.urls import path

from accounts.factors.views import console

urlpatterns = [
    path("users/<uuid:user>/reset-factors/", console.user_reset_factors, name="user_reset_factors"),
    path("roles/<uuid:role>/factor/", console.role_factor, name="role_factor"),
]
