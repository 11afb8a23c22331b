"""The request log: every request with its answer and its time, for operators only, kept 30 days (G6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    """What the servers answered, to whom, and how quickly."""

    name = "auditlog.requests"
    label = "requests"
    verbose_name = _("Request log")
