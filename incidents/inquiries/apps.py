"""Inquiries: what companies ask and report, and what support answers (N4)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InquiriesConfig(AppConfig):
    """Threads, their files, their pages for companies and for operators."""

    name = "incidents.inquiries"
    label = "inquiries"
    verbose_name = _("Inquiries")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.inquiries import actions, attention  # noqa: F401
