"""Maintenance: what is planned, when it was announced, and when it really began and ended (N6, N8)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.components import BY_CODE, CHOICES
from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id

TITLE_LENGTH, IMPACT_LENGTH, REASON_LENGTH = 100, 2000, 300


class MaintenanceState(models.TextChoices):
    """How far it is. Companies know of it from its announcement on."""

    PLANNED = "planned", pgettext_lazy("maintenance", "Planned, not announced")
    ANNOUNCED = "announced", pgettext_lazy("maintenance", "Announced")
    UNDER_WAY = "under_way", pgettext_lazy("maintenance", "Under way")
    DONE = "done", pgettext_lazy("maintenance", "Done")
    CANCELLED = "cancelled", pgettext_lazy("maintenance", "Cancelled")


class Maintenance(models.Model):
    """One stretch of maintenance, for all companies.

    `ends_at` moves when it is prolonged; `promised_ends_at` stays what companies were told in time, for availability
    counts no more than that as planned. A reason for short notice is what companies read when it was announced later
    than five business days before.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("maintenance"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="ends_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title_ja = models.CharField(_("Title in Japanese"), max_length=TITLE_LENGTH)
    title_en = models.CharField(_("Title in English"), max_length=TITLE_LENGTH)
    components: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=20, choices=CHOICES))
    impact_ja = models.TextField(_("Impact in Japanese"), max_length=IMPACT_LENGTH)
    impact_en = models.TextField(_("Impact in English"), max_length=IMPACT_LENGTH)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    promised_ends_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, choices=MaintenanceState, default=MaintenanceState.PLANNED)
    planned_at = models.DateTimeField(default=timezone.now)
    announced_at = models.DateTimeField(pgettext_lazy("maintenance", "announced"), null=True)
    short_notice_ja = models.CharField(max_length=REASON_LENGTH, blank=True)
    short_notice_en = models.CharField(max_length=REASON_LENGTH, blank=True)
    started_at = models.DateTimeField(_("really begun"), null=True)
    ended_at = models.DateTimeField(_("really ended"), null=True)
    cancelled_at = models.DateTimeField(pgettext_lazy("maintenance", "cancelled"), null=True)

    class Meta:
        ordering = ["-begins_at", "-id"]
        verbose_name = _("maintenance")
        indexes = [models.Index(fields=["begins_at", "ends_at"], name="maintenance_when")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="maintenance_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.title_ja

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.title_en if _reads_english() else self.title_ja

    @property
    def impact(self) -> str:
        """In the reader's language."""
        return self.impact_en if _reads_english() else self.impact_ja

    @property
    def short_notice(self) -> str:
        """Why it was announced late, in the reader's language; empty where it was in time."""
        return (self.short_notice_en if _reads_english() else "") or self.short_notice_ja

    @property
    def component_labels(self) -> list[str]:
        """What is concerned, in words."""
        return [str(BY_CODE[code].label) for code in self.components if code in BY_CODE]


def _reads_english() -> bool:
    return (get_language() or "ja").startswith("en")
