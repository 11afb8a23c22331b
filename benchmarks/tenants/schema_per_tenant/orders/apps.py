"""The app of the tenants' tables."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """In every tenant's schema."""

    name = "benchmarks.tenants.schema_per_tenant.orders"
