"""What operators have to be told, and how far that has come. The table of alarms is the queue: nothing waits elsewhere.

Between `Alarm` and `AlarmDelivery` stands no foreign key, for both end with time, by themselves.
"""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from auditlog.forwarding.trouble import Trouble
from tenants.isolation.assets import ALL_RIGHTS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id

KEPT_DAYS = 400  # a year of them can be compared with the year before
GIVEN_UP_AFTER = timedelta(hours=24)
ADDRESS_PURPOSE = "incidents.alarms {row.id}"
_WRITES = frozenset({"SELECT", "INSERT", "UPDATE"})


class Alarm(models.Model):
    """One thing that operators have to be told, once for each `key`.

    `menu` is the one whose holders are told. `tenant_id` is the company in whose transaction it was raised, which may
    put an alarm here and read none. `link` is a path of the product.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("alarms to operators"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(KEPT_DAYS, counted_from="raised_at"),
        archived=False,
        left_out="an alarm that nobody was told of is raised again by what raised it",
        returned=False,
        kind=TableKind.CONTROL,
        walled_by="tenant_id",
        app_rights=frozenset({"INSERT"}),
        platform_rights=_WRITES,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    tenant_id = models.UUIDField(null=True, editable=False)
    menu = models.CharField(max_length=40)
    subject_ja = models.CharField(max_length=200)
    subject_en = models.CharField(max_length=200)
    body_ja = models.TextField()
    body_en = models.TextField()
    link = models.CharField(max_length=500)
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    addressed_at = models.DateTimeField(null=True)  # when it was written down whom it goes to

    class Meta:
        ordering = ["-raised_at", "-id"]
        indexes = [models.Index(fields=["raised_at"], name="alarms_alarm_raised")]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """In the language of who reads it."""
        return self.subject_ja if get_language() == "ja" else self.subject_en

    @property
    def body(self) -> str:
        """In the language of who reads it."""
        return self.body_ja if get_language() == "ja" else self.body_en


class AlarmChannel(models.Model):
    """A chat in which alarms are posted: a webhook as Slack, Mattermost and many others offer.

    Whoever knows its address can post there, so it is sealed by the provider's keys; `host` is what people see of it.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("chats for alarms"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=ALL_RIGHTS,
        sealed=(("address_sealed", ADDRESS_PURPOSE),),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60, unique=True)
    host = models.CharField(_("server"), max_length=255)
    address_sealed = models.BinaryField()
    authorities = models.TextField(_("certificate authorities"), blank=True)
    language = models.CharField(_("language"), max_length=10)
    active = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    tested_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(_("last posted"), null=True)
    failing_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=16, choices=Trouble, blank=True)
    trouble_detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def health(self) -> str:
        """How it does, in a word that pages have a badge for."""
        if not self.active:
            return "suspended"
        return "failed" if self.failing_since else "active"


class AlarmDelivery(models.Model):
    """One alarm on its way to one operator by mail, or into one chat. `trouble` is why it is not there yet."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("alarms to operators"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(KEPT_DAYS, counted_from="raised_at"),
        archived=False,
        left_out="an alarm that nobody was told of is raised again by what raised it",
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=_WRITES,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alarm_id = models.UUIDField(editable=False)
    raised_at = models.DateTimeField()
    person_id = models.UUIDField(null=True, editable=False)
    channel_id = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=16, choices=Trouble, blank=True)
    trouble_detail = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm_id", "person_id", "channel_id"], nulls_distinct=False, name="alarms_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="alarms_delivery_waiting",
            )
        ]
