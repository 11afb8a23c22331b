"""What watching found, how far it has looked, how its rules are set, and who was told (G9)."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import (
    APPEND_ONLY,
    NO_RIGHTS,
    READ_ONLY,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import TenantModel, new_id

KEPT_DAYS = 180  # as long as the events to which a finding leads
_DATA_CLASS = gettext_noop("watching of the audit log")


class Severity(models.TextChoices):
    """How much a finding matters."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class FindingState(models.TextChoices):
    """What people made of a finding."""

    OPEN = "open", _("To be looked at")
    SEEN = "seen", _("Noted")
    EXPLAINED = "explained", _("Explained")


class Finding(TenantModel):
    """One thing that a rule noticed about one subject (a person, a network) on one day. It grows, it is not repeated.

    `subject` tells findings of a rule apart; `network` and the actor say who or where it is. `events` are the keys of
    the events behind it, of the first ones when they are very many; `count` is the number of all.
    """

    asset = Asset(
        data_class=_DATA_CLASS,
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(KEPT_DAYS, counted_from="last_at"),
        archived=True,
        rolled_back=False,  # found in the log, which goes on
        returned=True,
        platform_rights=READ_ONLY,
    )

    rule = models.CharField(_("rule"), max_length=40)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    day = models.DateField()
    subject = models.CharField(max_length=200)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_user_id = models.CharField(_("user ID"), max_length=150, blank=True)
    actor_name = models.CharField(_("name"), max_length=150, blank=True)
    network = models.CharField(_("network"), max_length=100, blank=True)
    ip = models.GenericIPAddressField(_("source IP"), null=True, blank=True)
    count = models.PositiveIntegerField(_("count"))
    events = ArrayField(models.UUIDField(), default=list)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    noted_at = models.DateTimeField(_("noticed"), default=timezone.now)  # also when it has grown
    state = models.CharField(_("state"), max_length=10, choices=FindingState, default=FindingState.OPEN)
    note = models.CharField(_("note"), max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=150, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-last_at", "-id"]
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "rule", "day", "subject"], name="watching_finding_once")
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-last_at"], name="watching_finding_last"),
            models.Index(fields=["tenant_id", "noted_at"], name="watching_finding_noted"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.day:%Y-%m-%d} {self.who}".strip()

    @property
    def key(self) -> tuple[str, date, str]:
        """What makes it the same finding."""
        return self.rule, self.day, self.subject

    @property
    def who(self) -> str:
        """Whom or what it is about, in a few words."""
        return self.actor_name or self.actor_user_id or self.network


class Place(TenantModel):
    """How far the log of the tenant was looked at: every transaction below this one."""

    asset = Asset(
        data_class=_DATA_CLASS,
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        left_out="a place among the transactions of this very database",
        returned=False,
        platform_rights=READ_ONLY,
    )

    next_transaction = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="watching_place_once")]


class DigestMail(TenantModel):
    """Somebody was sent the digest of a day."""

    asset = Asset(
        data_class=_DATA_CLASS,
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(KEPT_DAYS, counted_from="sent_at"),
        archived=False,
        left_out="at worst a digest is sent twice",
        returned=False,
        platform_rights=READ_ONLY,
    )

    day = models.DateField()
    recipient = models.UUIDField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "day", "recipient"], name="watching_digestmail_once")
        ]


class RuleSetting(models.Model):
    """How the provider has set a rule, where it departs from the defaults in the code."""

    asset: ClassVar[Asset] = Asset(
        data_class=_DATA_CLASS,
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.GLOBAL,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    rule = models.CharField(max_length=40, primary_key=True)
    enabled = models.BooleanField(default=True)
    thresholds = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by_name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.rule


class Digest(models.Model):
    """The digest of a day: about what was noticed from `since` until before `until`."""

    asset: ClassVar[Asset] = Asset(
        data_class=_DATA_CLASS,
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(KEPT_DAYS, counted_from="until"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    @property
    def length(self) -> timedelta:
        """How long a time it is about."""
        return self.until - self.since
