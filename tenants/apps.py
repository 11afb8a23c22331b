"""Tenants: contract, plan, lifecycle, and below them the wall (T1-T10)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    """Registers the checks of the wall and the tables of third parties."""

    name = "tenants"
    verbose_name = _("Tenants")

    def ready(self) -> None:
        """Load what registers itself."""
        from tenants import foreign_tables  # noqa: F401
        from tenants.isolation import checks, directory  # noqa: F401
