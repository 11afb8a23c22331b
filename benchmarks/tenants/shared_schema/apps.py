"""The app of this side."""

from django.apps import AppConfig


class SharedSchemaConfig(AppConfig):
    """The blueprint's tables, once for all tenants."""

    name = "benchmarks.tenants.shared_schema"
    label = "orders"
