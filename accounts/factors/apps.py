"""The second factor: who needs one, of which kinds there are, and log-ins in two steps (A5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactorsConfig(AppConfig):
    """Codes of an authenticator app, recovery codes, and the registry of kinds that others add theirs to."""

    name = "accounts.factors"
    label = "factors"
    verbose_name = _("Second factor")
