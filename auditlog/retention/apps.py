"""How long the audit log is kept: partitions in time, dropped in time, moved when a company's class changes (G5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditRetentionConfig(AppConfig):
    """Upkeep of the partitions, change of class."""

    name = "auditlog.retention"
    label = "audit_retention"
    verbose_name = _("Retention of the audit log")

    def ready(self) -> None:
        """Register the system check."""
        from auditlog.retention import checks  # noqa: F401
