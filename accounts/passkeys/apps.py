"""Passkeys: keys in a device that log somebody in, as the second factor or alone (A5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PasskeysConfig(AppConfig):
    """The public halves of people's passkeys, and the ceremonies of WebAuthn."""

    name = "accounts.passkeys"
    label = "passkeys"
    verbose_name = _("Passkeys")

    def ready(self) -> None:
        """Take part in log-ins, the enrolment wall, the confirmation page and resets."""
        from accounts.factors.kinds import Kind, register
        from accounts.passkeys import keeping, queries

        register(
            Kind(
                code="passkey",
                label=_("Passkey"),
                icon="fingerprint",
                devices=queries.passkeys,
                challenge="passkey_factor",
                enrol="passkeys",
                confirm="passkey_confirm",
                remove_all=keeping.remove_all,
                proves_alone=True,
            )
        )
