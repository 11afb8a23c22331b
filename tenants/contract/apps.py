"""The contract of a company: organisation record, plan, edition, time zone (T2, T5, T7, T10)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContractConfig(AppConfig):
    """What was agreed with a company, and who may change which part of it."""

    name = "tenants.contract"
    label = "contract"
    verbose_name = _("Contract")

    def ready(self) -> None:
        """Load what registers itself."""
        from tenants.contract import actions, services  # noqa: F401
