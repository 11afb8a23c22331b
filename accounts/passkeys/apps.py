"""Passkeys: keys in a device that log somebody in, as the second factor or alone (A5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PasskeysConfig(AppConfig):
    """The public halves of people's passkeys, and the ceremonies of WebAuthn."""

    name = "accounts.passkeys"
    label = "passkeys"
    verbose_name = _("Passkeys")
