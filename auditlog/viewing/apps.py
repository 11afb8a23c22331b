"""Looking at the audit log: filters that people keep (G2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ViewingConfig(AppConfig):
    """Saved filters of the log's readers, and the indexes that they read by."""

    name = "auditlog.viewing"
    label = "viewing"
    verbose_name = _("Looking at the audit log")
