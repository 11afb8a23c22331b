"""Certificates of erasure, signed, as PDF and JSON, in Japanese and English (R1, R2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    """Certificates and the pages of erasures."""

    name = "retention.certificates"
    label = "certificates"
    verbose_name = _("Certificates of erasure")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.certificates import actions  # noqa: F401
