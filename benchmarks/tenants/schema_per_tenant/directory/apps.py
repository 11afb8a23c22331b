"""The app of the directory."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """In the public schema only."""

    name = "benchmarks.tenants.schema_per_tenant.directory"
