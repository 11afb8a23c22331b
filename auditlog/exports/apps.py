"""Exports of the audit log: files that people order, and that wait for them (G2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """CSV for spreadsheets, JSON Lines with proof."""

    name = "auditlog.exports"
    label = "exports"
    verbose_name = _("Exports of the audit log")
