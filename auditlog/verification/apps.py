"""The daily proof that the audit log is as it was sealed, kept as evidence, and its pages (G7)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VerificationConfig(AppConfig):
    """Runs, checks of the heads, alarms."""

    name = "auditlog.verification"
    label = "verification"
    verbose_name = _("Verification of the audit log")
