"""Disclosures and the hand-outs of their packages: the provider's evidence (R5)."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from retention.holds.models import EVIDENCE_DAYS, Extent
from tenants.isolation.assets import NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id

PACKAGE_DAYS = 14


def _evidence(data_class: str, counted_from: str, rights: frozenset[str]) -> Asset:
    return Asset(
        data_class=data_class,
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from=counted_from),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=rights,
    )


class DisclosureState(models.TextChoices):
    """How far a disclosure is."""

    ASKED = "asked", _("Waits for a second operator")
    APPROVED = "running", _("The package is being made")
    READY = "completed", _("The package is ready")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("The package could not be made")
    REMOVED = "removed", _("The package was removed")


class Disclosure(Extent):
    """What an authority ordered to be handed out, of whom, and the package with it.

    The package is an object of the company's own, under its keys, named by `run`. Its digest is that of the whole ZIP.
    """

    asset: ClassVar[Asset] = _evidence("disclosures", "asked_at", frozenset({"SELECT", "INSERT", "UPDATE"}))

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hold_id = models.UUIDField(null=True)  # the key alone, as below: each piece of evidence ends with its own time
    authority = models.CharField(_("authority"), max_length=150)
    reference = models.CharField(_("reference number"), max_length=100)
    legal_ground = models.CharField(_("legal ground"), max_length=300)
    reason = models.CharField(_("reason"), max_length=500)
    requested_on = models.DateField(_("ordered on"))
    sealed = models.BooleanField(_("sealed"), default=False)
    sealing_ground = models.CharField(_("ground for sealing"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DisclosureState, default=DisclosureState.ASKED)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by_id = models.UUIDField()
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True)
    run = models.UUIDField(null=True)
    begun_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    expires_at = models.DateTimeField(_("removed on"), null=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    counts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")

    def __str__(self) -> str:
        return f"{self.company_code} {self.reference}"

    def has_package(self, now: datetime) -> bool:
        """Whether it can be downloaded."""
        return self.state == DisclosureState.READY and self.expires_at is not None and now < self.expires_at


class HandOut(models.Model):
    """One package given to somebody: when, to whom, how, and which one."""

    asset: ClassVar[Asset] = _evidence(
        gettext_noop("hand-outs of disclosures"), "noted_at", frozenset({"SELECT", "INSERT"})
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    disclosure_id = models.UUIDField()
    tenant_id = models.UUIDField(editable=False)
    handed_on = models.DateField(_("handed out on"))
    recipient = models.CharField(_("to whom"), max_length=200)
    way = models.CharField(_("how"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)
    noted_by_id = models.UUIDField()
    noted_by_name = models.CharField(_("noted by"), max_length=150)

    class Meta:
        ordering = ["-handed_on", "-noted_at"]
        verbose_name = _("hand-out")

    def __str__(self) -> str:
        return f"{self.recipient} {self.handed_on}"
