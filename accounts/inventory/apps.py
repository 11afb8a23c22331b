"""Account inventory: a review of every account by rule (A12)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    """Reviews, the accounts in them, and how often a review is due."""

    name = "accounts.inventory"
    label = "inventory"
    verbose_name = _("Account inventory")
