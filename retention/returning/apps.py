"""Data return: everything of a company in files of open formats, for the company to take along (R3)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReturningConfig(AppConfig):
    """Asked for by an administrator, written by a worker, fetched for some days."""

    name = "retention.returning"
    label = "returning"
    verbose_name = _("Data return")
