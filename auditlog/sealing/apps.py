"""Tamper evidence of the audit log: events are closed into signed, chained segments, away from the request (G7)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SealingConfig(AppConfig):
    """Segments, heads, proofs."""

    name = "auditlog.sealing"
    label = "sealing"
    verbose_name = _("Sealing of the audit log")
