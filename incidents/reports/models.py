"""The review of an incident and what follows from it: causes, measures, who does them by when (N3, N5)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext

from config.business_hours import ZONE
from incidents.models import Incident
from incidents.models.declared import WITH_INCIDENT, WRITTEN, of_provider, spoken
from tenants.isolation.assets import Asset, Erasure
from tenants.isolation.models import new_id


class Review(models.Model):
    """What the provider's people found when they looked back: for themselves, in their own words."""

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("reviews of incidents"),
        retention=WITH_INCIDENT,
        erasure=Erasure.KEEP,
        platform_rights=WRITTEN,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, db_constraint=False, related_name="review")
    held_on = models.DateField(_("held on"), null=True, blank=True)
    participants = models.CharField(_("participants"), max_length=500, blank=True)
    direct_cause = models.TextField(_("direct cause"), max_length=4000, blank=True)
    root_cause = models.TextField(_("root cause"), max_length=4000, blank=True)
    went_well = models.TextField(_("what went well"), max_length=4000, blank=True)
    went_badly = models.TextField(_("what went badly"), max_length=4000, blank=True)
    saved_at = models.DateTimeField(_("last changed"), default=timezone.now)
    saved_by_name = models.CharField(_("last changed by"), max_length=150)
    finished_at = models.DateTimeField(_("finished"), null=True)
    finished_by_name = models.CharField(_("finished by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("review of an incident")
        verbose_name_plural = _("reviews of incidents")

    def __str__(self) -> str:
        return str(self.incident)


class MeasureKind(models.TextChoices):
    """What a measure is for, as the final report parts them."""

    STOPGAP = "stopgap", _("For now")
    REMEDY = "remedy", _("Permanent")
    PREVENTION = "prevention", _("Against recurrence")


class Measure(models.Model):
    """Something that somebody has promised to do by a day; customers read it in the final report (N5).

    `proof` is how it shows that it was done. A dropped one stays, with the reason.
    """

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("measures after incidents"),
        retention=WITH_INCIDENT,
        erasure=Erasure.KEEP,
        platform_rights=WRITTEN,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, db_constraint=False, related_name="measures")
    kind = models.CharField(_("kind"), max_length=10, choices=MeasureKind, default=MeasureKind.PREVENTION)
    text_ja = models.CharField(_("measure (Japanese)"), max_length=500)
    text_en = models.CharField(_("measure (English)"), max_length=500, blank=True)
    owner = models.CharField(_("who does it"), max_length=150)
    due_on = models.DateField(_("due"))
    added_at = models.DateTimeField(default=timezone.now)
    added_by_name = models.CharField(max_length=150)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by_name = models.CharField(max_length=150, blank=True)
    proof = models.CharField(_("how it shows"), max_length=500, blank=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True)
    dropped_by_name = models.CharField(max_length=150, blank=True)
    drop_reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["due_on", "added_at", "id"]
        verbose_name = _("measure after an incident")
        verbose_name_plural = _("measures after incidents")
        indexes = [
            models.Index(
                fields=["due_on"], condition=models.Q(done_at=None, dropped_at=None), name="incident_measures_open"
            )
        ]

    def __str__(self) -> str:
        return self.text_ja

    @property
    def text(self) -> str:
        """In the reader's language."""
        return spoken(self, "text")

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.done_at is None and self.dropped_at is None

    @property
    def overdue(self) -> bool:
        """Whether it should have been done by now, by the day in Japan."""
        return self.is_open and self.due_on < timezone.localdate(timezone=ZONE)

    @property
    def state(self) -> str:
        """In one word, for people."""
        if self.done_at is not None:
            return pgettext("measure", "Done")
        return pgettext("measure", "Dropped") if self.dropped_at is not None else pgettext("measure", "Open")
