"""What the tables of incidents have in common: whose they are, how long they stay, and two languages."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenants.isolation.assets import NO_RIGHTS, Asset, Ownership, Retention, TableKind

WRITTEN = frozenset({"SELECT", "INSERT", "UPDATE"})
# What belongs to an incident goes with it: the database sees to that.
WITH_INCIDENT = Retention(in_use=True, words=_("As long as its incident"))


def of_provider(data_class: str, **declared: Any) -> Asset:
    """The provider's own evidence: only the platform role reads it, and its queries say which company sees what."""
    return Asset(
        data_class=data_class,
        ownership=Ownership.PROVIDER,
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        **declared,
    )


def spoken(row: models.Model, field: str) -> str:
    """A text that is kept in both languages, in the reader's; Japanese stands in for English that is missing."""
    english = str(getattr(row, f"{field}_en"))
    return english if english and (get_language() or "ja")[:2] != "ja" else str(getattr(row, f"{field}_ja"))
