"""Disclosures that the law requires: limited to what was ordered, by two people, each hand-out on record (R5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    """Requests, packages, and to whom they went."""

    name = "retention.disclosure"
    label = "disclosure"
    verbose_name = _("Disclosures")

    def ready(self) -> None:
        """Load what registers itself."""
        from retention.disclosure import actions, attention  # noqa: F401
