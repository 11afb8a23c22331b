"""What was told of an incident, in both languages: drafted, published, and never changed after that (N1, N3, N5)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from incidents.models.declared import WITH_INCIDENT, WRITTEN, of_provider, spoken
from incidents.models.incident import Incident
from tenants.isolation.assets import Asset, Erasure
from tenants.isolation.models import new_id

# The parts of a report that have words, in the order in which they are read: each is a field for each language.
SECTIONS = ("summary", "impact", "course", "cause", "stopgap", "remedy", "prevention")


class ReportKind(models.TextChoices):
    """The reports of an incident, in the Japanese custom."""

    FIRST_NOTICE = "first_notice", _("First notice")
    UPDATE = "update", pgettext_lazy("incident report", "Update")
    RECOVERY = "recovery", pgettext_lazy("incident report", "Recovery")
    FINAL_REPORT = "final_report", _("Final report")


class ReportState(models.TextChoices):
    """Whether anybody outside has read it."""

    DRAFT = "draft", pgettext_lazy("incident report", "Draft")
    PUBLISHED = "published", pgettext_lazy("incident report", "Published")
    DISCARDED = "discarded", pgettext_lazy("incident report", "Discarded")


class IncidentReport(models.Model):
    """One report. `number` is its place among the published ones, from 1.

    `course` is the timeline, a line each: day and time in Japan, a blank, what happened. `edited_by_name` is who last
    changed the draft, empty for words of the product alone. `published_by_name` is a person or the clock. `notice_id`
    is the notice that carried it.
    """

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("incident reports"),
        retention=WITH_INCIDENT,
        erasure=Erasure.KEEP,
        platform_rights=WRITTEN,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, db_constraint=False, related_name="reports")
    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind)
    number = models.PositiveSmallIntegerField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.DRAFT)
    title_ja = models.CharField(_("title (Japanese)"), max_length=150)
    title_en = models.CharField(_("title (English)"), max_length=150, blank=True)
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    detected_at = models.DateTimeField(_("detected"), null=True, blank=True)
    recovered_at = models.DateTimeField(_("recovered"), null=True, blank=True)
    summary_ja = models.TextField(_("summary (Japanese)"), max_length=4000)
    summary_en = models.TextField(_("summary (English)"), max_length=4000, blank=True)
    impact_ja = models.TextField(_("who and what is affected (Japanese)"), max_length=4000, blank=True)
    impact_en = models.TextField(_("who and what is affected (English)"), max_length=4000, blank=True)
    course_ja = models.TextField(_("timeline (Japanese)"), max_length=8000, blank=True)
    course_en = models.TextField(_("timeline (English)"), max_length=8000, blank=True)
    cause_ja = models.TextField(_("cause (Japanese)"), max_length=4000, blank=True)
    cause_en = models.TextField(_("cause (English)"), max_length=4000, blank=True)
    stopgap_ja = models.TextField(_("measures for now (Japanese)"), max_length=4000, blank=True)
    stopgap_en = models.TextField(_("measures for now (English)"), max_length=4000, blank=True)
    remedy_ja = models.TextField(_("permanent measures (Japanese)"), max_length=4000, blank=True)
    remedy_en = models.TextField(_("permanent measures (English)"), max_length=4000, blank=True)
    prevention_ja = models.TextField(_("measures against recurrence (Japanese)"), max_length=4000, blank=True)
    prevention_en = models.TextField(_("measures against recurrence (English)"), max_length=4000, blank=True)
    next_update_at = models.DateTimeField(_("next report"), null=True, blank=True)
    drafted_at = models.DateTimeField(default=timezone.now)
    edited_by_name = models.CharField(max_length=150, blank=True)
    edited_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    published_by_id = models.UUIDField(null=True)
    published_by_name = models.CharField(_("published by"), max_length=150, blank=True)
    notice_id = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["drafted_at", "id"]
        verbose_name = _("incident report")
        verbose_name_plural = _("incident reports")
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="incidents_report_number"),
            models.UniqueConstraint(fields=["incident"], condition=models.Q(state="draft"), name="incidents_one_draft"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def title(self) -> str:
        """In the reader's language."""
        return spoken(self, "title")

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state == ReportState.DRAFT

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What it says, as heading and text in the reader's language, without empty parts."""
        found = [(str(HEADINGS[name]), spoken(self, name)) for name in SECTIONS]
        return [(heading, text) for heading, text in found if text]


HEADINGS = {
    "summary": pgettext_lazy("incident report", "Summary"),
    "impact": pgettext_lazy("incident report", "Who and what is affected"),
    "course": pgettext_lazy("incident report", "Timeline"),
    "cause": pgettext_lazy("incident report", "Cause"),
    "stopgap": pgettext_lazy("incident report", "Measures for now"),
    "remedy": pgettext_lazy("incident report", "Permanent measures"),
    "prevention": pgettext_lazy("incident report", "Measures against recurrence"),
}
