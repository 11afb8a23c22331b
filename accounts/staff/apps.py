"""Staff access: how the provider's people get at a company's data, and how the company keeps the say (A14)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """Requests, grants, and the work inside a tenant."""

    name = "accounts.staff"
    label = "staff"
    verbose_name = _("Staff access")
