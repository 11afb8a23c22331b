"""Mail to many: who is told, and whom it reached (N1, N2, N6, N7)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingConfig(AppConfig):
    """Mailings, their companies and their deliveries."""

    name = "incidents.mailing"
    label = "mailing"
    verbose_name = _("Mailings")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.mailing import actions  # noqa: F401
