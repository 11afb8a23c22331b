"""Single sign-on: a company lets its people in by its own identity provider (A6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SsoConfig(AppConfig):
    """SAML connections, pending requests, who is who at the identity provider."""

    name = "accounts.sso"
    label = "sso"
    verbose_name = _("Single sign-on")
