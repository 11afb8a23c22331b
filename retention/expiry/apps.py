"""The end of data with time (R6, G5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tenants.isolation.definers import declare_definer
from tenants.isolation.roles import PLATFORM
from tenants.isolation.wall import expiry_function


class ExpiryConfig(AppConfig):
    """The nightly run and what it leaves as evidence."""

    name = "retention.expiry"
    label = "expiry"
    verbose_name = _("Expiry")

    def ready(self) -> None:
        """Load what registers itself, and declare the functions that the migrations make for tables of the provider."""
        from retention.expiry import actions, checks, measures  # noqa: F401
        from retention.expiry.classes import expiring_tables

        for each in expiring_tables():
            if each.by_function:
                purpose = f"removes what is past its period from {each.table}, and nothing else"
                declare_definer(expiry_function(each.table), executors={PLATFORM}, purpose=purpose)
