"""The end of data with time (R6, G5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExpiryConfig(AppConfig):
    """The nightly run and what it leaves as evidence."""

    name = "retention.expiry"
    label = "expiry"
    verbose_name = _("Expiry")
