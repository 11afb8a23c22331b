"""Addresses of the operators' pages, below `/operator/`."""

from django.urls import path

from config.styleguide import styleguide
from tenants.views import operator

urlpatterns = [
    path("tenants/", operator.tenant_list, name="tenants"),
    path("tenants/new/", operator.tenant_new, name="tenant_new"),
    path("styleguide/", styleguide, name="styleguide"),
]
