"""Notices: what companies are told beforehand and in time, in the product, by mail and in feeds (N1, N6, N7)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Notices to all companies or to chosen ones, and who has read them."""

    name = "incidents.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.notices import actions  # noqa: F401
