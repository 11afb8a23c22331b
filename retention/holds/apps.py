"""Legal holds: what the law says must be kept is kept, exactly that, until it is released (R5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldsConfig(AppConfig):
    """Holds, what they have kept, and what companies are told of them."""

    name = "retention.holds"
    label = "holds"
    verbose_name = _("Legal holds")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.holds import actions, attention  # noqa: F401
        from retention.holds.keeper import HoldKeeper
        from tenants.isolation.keeping import register_keeper

        register_keeper(HoldKeeper())
