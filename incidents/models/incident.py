"""Incidents, whom they affect, their internal log, and what was told of them in public (N1, N2, N3)."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from incidents.components import BY_CODE
from incidents.models.declared import WITH_INCIDENT, WRITTEN, of_provider, spoken
from incidents.severity import DEMANDS, Demand, Severity
from tenants.isolation.assets import APPEND_ONLY, EVIDENCE_DAYS, Asset, Erasure, Retention
from tenants.isolation.models import new_id


class Status(models.TextChoices):
    """Where an incident stands; the first three are those of one that goes on."""

    INVESTIGATING = "investigating", _("Investigating")
    IDENTIFIED = "identified", _("Cause identified")
    MONITORING = "monitoring", pgettext_lazy("incident", "Watching the recovery")
    RESOLVED = "resolved", pgettext_lazy("incident", "Recovered")
    CLOSED = "closed", pgettext_lazy("incident", "Closed")
    MERGED = "merged", pgettext_lazy("incident", "Merged")


GOING_ON = (Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING)
ENDED = (Status.CLOSED, Status.MERGED)


class Source(models.TextChoices):
    """What an incident was opened from; `source_id` is the alert or the inquiry."""

    PERSON = "person", _("An operator")
    COMMAND = "command", _("The command line")
    ALERT = "alert", pgettext_lazy("monitoring", "An alert")
    INQUIRY = "inquiry", _("An inquiry")


class Incident(models.Model):
    """Something that went wrong. It is the provider's record; companies read what was published of it.

    `detected_at` is when the provider knew: promises count from it. `reopened_at` begins a new round of them.
    `published_at` is when the first report went out, `told_at` when every company was last told, of one that affects
    the whole service. `public`: it stands on the status page.
    """

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("incidents"),
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="closed_at"),
        erasure=Erasure.KEEP,
        platform_rights=WRITTEN,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField(editable=False)
    sequence = models.PositiveIntegerField(editable=False)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    status = models.CharField(_("status"), max_length=15, choices=Status, default=Status.INVESTIGATING)
    title_ja = models.CharField(_("title (Japanese)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)
    components: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=20), default=list, verbose_name=_("components")
    )
    whole_service = models.BooleanField(_("affects every company"), default=False)
    public = models.BooleanField(_("on the status page"), default=False)
    personal_data = models.BooleanField(_("personal data may have leaked"), default=False)
    malicious = models.BooleanField(_("by a malicious act"), default=False)
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    detected_at = models.DateTimeField(_("detected"))
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by_name = models.CharField(max_length=150, blank=True)
    published_at = models.DateTimeField(_("first published"), null=True)
    told_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(_("recovered"), null=True)
    reopened_at = models.DateTimeField(_("reopened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    next_update_at = models.DateTimeField(_("next report promised"), null=True)
    commander_id = models.UUIDField(null=True)
    commander_name = models.CharField(_("commander"), max_length=150, blank=True)
    source = models.CharField(_("opened from"), max_length=10, choices=Source, default=Source.PERSON)
    source_id = models.CharField(max_length=80, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")

    class Meta:
        ordering = ["-year", "-sequence"]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [models.UniqueConstraint(fields=["year", "sequence"], name="incidents_number")]
        indexes = [
            models.Index(fields=["source", "source_id"], name="incidents_source"),
            models.Index(fields=["-published_at"], name="incidents_published"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What it is called: the year in Japan, and the place in it without gaps."""
        return f"INC-{self.year}-{self.sequence:04}"

    @property
    def title(self) -> str:
        """In the reader's language."""
        return spoken(self, "title")

    @property
    def demand(self) -> Demand:
        """What its severity demands."""
        return DEMANDS[Severity(self.severity)]

    @property
    def goes_on(self) -> bool:
        """Whether it is not recovered yet."""
        return self.status in GOING_ON

    @property
    def has_ended(self) -> bool:
        """Whether nothing is changed any more, unless it is opened again."""
        return self.status in ENDED

    @property
    def round_began_at(self) -> datetime:
        """From when its promises count."""
        return self.reopened_at or self.detected_at

    @property
    def affected(self) -> "models.QuerySet[IncidentTenant]":
        """The companies that were named; none where it affects every one."""
        return IncidentTenant.objects.filter(incident_id=self.id)

    @property
    def component_labels(self) -> list[Promise]:
        """The components as people know them, in the order of the list."""
        return [component.label for code, component in BY_CODE.items() if code in self.components]


class IncidentTenant(models.Model):
    """A company that is affected, what it means to it, and when it was told; `known_at` is when that was known.

    The incident is a key and no relation of Django's, which knows of none between the provider's rows and a company's.
    """

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("companies affected by incidents"),
        retention=Retention.with_contract(),
        platform_rights=WRITTEN | {"DELETE"},
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident_id = models.UUIDField(editable=False)
    tenant_id = models.UUIDField(editable=False)
    impact_ja = models.TextField(_("what it means to the company (Japanese)"), max_length=2000, blank=True)
    impact_en = models.TextField(_("what it means to the company (English)"), max_length=2000, blank=True)
    known_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(_("told"), null=True)

    class Meta:
        verbose_name = _("affected company")
        verbose_name_plural = _("affected companies")
        constraints = [models.UniqueConstraint(fields=["incident_id", "tenant_id"], name="incidents_affected_once")]
        indexes = [models.Index(fields=["tenant_id"], name="incidents_of_tenant")]

    def __str__(self) -> str:
        return str(self.tenant_id)

    @property
    def impact(self) -> str:
        """In the reader's language."""
        return spoken(self, "impact")


class EntryKind(models.TextChoices):
    """What a line of the internal log is about."""

    OPENED = "opened", pgettext_lazy("incident log", "Opened")
    NOTE = "note", pgettext_lazy("incident log", "Note")
    SEVERITY = "severity", pgettext_lazy("incident log", "Severity")
    STATUS = "status", pgettext_lazy("incident log", "Status")
    COMMANDER = "commander", pgettext_lazy("incident log", "Commander")
    COMPANIES = "companies", pgettext_lazy("incident log", "Affected companies")
    DETAILS = "details", pgettext_lazy("incident log", "Details")
    PUBLISHED = "published", pgettext_lazy("incident log", "Report published")
    AUTHORITY = "authority", pgettext_lazy("incident log", "Reported to the authority")
    MERGED = "merged", pgettext_lazy("incident log", "Merged")
    REOPENED = "reopened", pgettext_lazy("incident log", "Reopened")


class IncidentEntry(models.Model):
    """A line of the internal log: companies never read it, and nobody changes it, the database sees to that.

    `at` is when it happened, `written_at` when it was written down. `text` is what a person wrote; `facts` what the
    product noted, put into words by `incidents.log`.
    """

    asset: ClassVar[Asset] = of_provider(
        gettext_noop("internal logs of incidents"),
        retention=WITH_INCIDENT,
        erasure=Erasure.KEEP,
        platform_rights=APPEND_ONLY,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, db_constraint=False, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind, default=EntryKind.NOTE)
    at = models.DateTimeField(default=timezone.now)
    written_at = models.DateTimeField(default=timezone.now)
    text = models.TextField(_("note"), max_length=4000, blank=True)
    facts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["incident", "at"], name="incidents_log")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
