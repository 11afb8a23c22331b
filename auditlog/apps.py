"""The audit log: who did what, when, from where, and with which result (G1-G10)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditLogConfig(AppConfig):
    """Audit events, request context, partitions."""

    name = "auditlog"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        """Load what declares itself."""
        from auditlog import partitions  # noqa: F401
