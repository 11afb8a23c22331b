"""What the stores of backups were tried with, and what they answered: evidence that is only added to (B3)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import (
    APPEND_ONLY,
    EVIDENCE_DAYS,
    NO_RIGHTS,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import new_id

# What each probe of `vault.stores.probing` is called.
CHECKS = {
    "reachable": _("The store answers"),
    "create_only": _("Refuses a second object of the same name"),
    "read_back": _("Gives back what was written"),
    "listing": _("Lists what was written"),
    "clock": _("Stamps objects with the right time"),
    "server_clock": _("Clock of the server"),
    "overwrite": _("Keeps what is overwritten"),
    "locked_delete": _("Refuses to delete what is locked"),
    "shortened_lock": _("Refuses to shorten a lock"),
    "locked_upload": _("Locks large objects as well"),
    "checksum": _("Refuses a wrong checksum"),
    "stranger": _("Refuses strangers"),
    "tidied": _("Deletes what is not locked"),
}


class StoreName(models.TextChoices):
    """The stores that are tried."""

    BACKUPS = "backups", _("Backups")
    COPIES = "copies", _("Backups, second site")
    ANCHORS = "anchors", _("Anchors of the audit log")


class StoreCheck(models.Model):
    """One examination of a store. `checks` holds each probe: check, expected, observed, held, essential."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("examinations of stores"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.CharField(_("store"), max_length=10, choices=StoreName)
    address = models.CharField(_("address"), max_length=300)
    server = models.CharField(_("server"), max_length=200)
    at = models.DateTimeField(_("examined"), default=timezone.now)
    sound = models.BooleanField(_("sound"))
    checks = models.JSONField(_("checks"))

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("examination of a store")

    def __str__(self) -> str:
        return f"{self.store} {self.at:%Y-%m-%d}"

    @property
    def weaknesses(self) -> list[str]:
        """What did not hold, in the words of the probes."""
        return [str(CHECKS.get(check["check"], check["check"])) for check in self.checks if not check["held"]]
