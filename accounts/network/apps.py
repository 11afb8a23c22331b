"""From which addresses a company lets its people in (A4)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    """Allowed networks, whether they are enforced, and the emergency opening."""

    name = "accounts.network"
    label = "network"
    verbose_name = _("IP addresses")

    def ready(self) -> None:
        """Tell the watching of log-ins what the company calls its places (G9)."""
        from accounts.network.queries import named_networks
        from auditlog.watching.networks import name_places_by

        name_places_by(named_networks)
