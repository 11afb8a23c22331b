"""Forwarding: each company's audit log to its own webhook or syslog server, at least once (G2, G7)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForwardingConfig(AppConfig):
    """Destinations, and what was confirmed by each."""

    name = "auditlog.forwarding"
    label = "forwarding"
    verbose_name = _("Forwarding of the audit log")

    def ready(self) -> None:
        """Load what declares itself."""
        from auditlog.forwarding import actions  # noqa: F401 - registers them
