"""What happens to data at its end: with time, with the contract, or not yet because the law says so (R1-R6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    """The menus of retention; each area below is an app of its own."""

    name = "retention"
    label = "retention"
    verbose_name = _("Retention")
