"""The security policy of a company: passwords, failed log-ins, sessions (A2, A3, A11)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    """One policy a tenant, what passwords have been, and the counters of failed log-ins."""

    name = "accounts.policy"
    label = "policy"
    verbose_name = _("Security policy")
