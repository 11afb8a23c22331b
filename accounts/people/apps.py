"""Coming and going in numbers: removal of users, import and export as CSV (A8)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Removed users, imports, invitations that wait for their mail."""

    name = "accounts.people"
    label = "people"
    verbose_name = _("Users")
