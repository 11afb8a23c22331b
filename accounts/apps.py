"""Accounts: who may enter, and what they may do (A1-A15)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, roles and menus, sessions, invitations."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Load the checks."""
        from accounts import checks  # noqa: F401
