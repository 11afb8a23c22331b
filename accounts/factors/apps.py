"""The second factor: who needs one, of which kinds there are, and log-ins in two steps (A5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactorsConfig(AppConfig):
    """Codes of an authenticator app, recovery codes, and the registry of kinds that others add theirs to."""

    name = "accounts.factors"
    label = "factors"
    verbose_name = _("Second factor")

    def ready(self) -> None:
        """Register the kinds that come with it."""
        from accounts.factors import enrolment, recovery, totp
        from accounts.factors.kinds import Kind, register

        register(
            Kind(
                code="totp",
                label=_("Authenticator app"),
                icon="shield-check",
                devices=totp.devices,
                challenge="factor_totp",
                enrol="totp_enrol",
                confirm="confirm_totp",
                remove_all=enrolment.remove_all_totp,
            )
        )
        register(
            Kind(
                code="recovery",
                label=_("Recovery code"),
                icon="lifebuoy",
                devices=recovery.codes,
                challenge="factor_recovery",
                enrol="recovery_codes",
                is_factor=False,
                remove_all=enrolment.remove_all_recovery_codes,
            )
        )
