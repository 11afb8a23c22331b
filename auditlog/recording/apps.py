"""What the audit log captures of each company, and how long it keeps it (G4, G5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordingConfig(AppConfig):
    """One policy a tenant, screens and traces."""

    name = "auditlog.recording"
    label = "recording"
    verbose_name = _("Recording of the audit log")
