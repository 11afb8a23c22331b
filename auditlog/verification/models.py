"""What was verified, when, and with which result: evidence that is added to and never changed (G7)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditlog.sealing.findings import FindingKind
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
from tenants.isolation.models import TenantModel, new_id

RESULTS: dict[str, object] = {
    FindingKind.NEVER_SEALED: _("Nothing was ever sealed"),
    FindingKind.SEALER_STOPPED: _("Sealing has stopped"),
    FindingKind.HEAD_MISSING: _("A head is missing"),
    FindingKind.HEAD_FORGED: _("A head is forged"),
    FindingKind.ROLLED_BACK: _("An older state of the database was put back"),
    FindingKind.NOT_ANCHORED: _("Heads are not in the anchor store"),
    FindingKind.ANCHOR_FORGED: _("An anchor is forged"),
    FindingKind.SEGMENTS_DIFFER: _("Segments were removed or changed"),
    FindingKind.SEGMENT_MISSING: _("A segment is missing"),
    FindingKind.SEGMENT_FORGED: _("A segment is forged"),
    FindingKind.LEAVES_MISSING: _("The list of events of a segment is missing"),
    FindingKind.LEAVES_CHANGED: _("The list of events of a segment was changed"),
    FindingKind.EVENT_CHANGED: _("An event was changed"),
    FindingKind.EVENT_MISSING: _("An event is missing"),
    FindingKind.EVENT_INSERTED: _("An event was put in later"),
    FindingKind.EVENT_MOVED: _("An event is not at its place"),
}


class Result(models.Model):
    """What every verification says: the code of the first broken place, none when all was sound, and where it is."""

    finding = models.CharField(_("result"), max_length=20, blank=True)
    place = models.TextField(_("broken place"), blank=True)

    class Meta:
        abstract = True

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.finding

    @property
    def result_label(self) -> str:
        """The result for people."""
        return str(RESULTS.get(self.finding, self.finding)) if self.finding else str(_("As it was sealed"))


class VerificationRun(Result, TenantModel):
    """The check of one company's chain and of all its events; one a day."""

    asset = Asset(
        data_class=gettext_noop("verifications of the audit log"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        app_rights=APPEND_ONLY,
        platform_rights=frozenset({"SELECT"}),
    )

    day = models.DateField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("verified"))
    segments = models.BigIntegerField()
    events = models.BigIntegerField(_("events"))
    expired = models.BigIntegerField(_("expired since"))
    unsealed = models.BigIntegerField(_("not yet sealed"))

    class Meta(TenantModel.Meta):
        ordering = ["-day"]
        verbose_name = _("verification")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "day"], name="verification_run_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class HeadCheck(Result):
    """The check of the heads and their anchors, which hold for all companies; one a day."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("proofs of the audit log"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="ended_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    day = models.DateField(primary_key=True)
    ended_at = models.DateTimeField()
    heads = models.BigIntegerField()

    class Meta:
        ordering = ["-day"]
        verbose_name = _("verification")

    def __str__(self) -> str:
        return f"{self.day}"


class Alarm(models.Model):
    """Something that operators are told of by mail, once. `cause` names it: the same one never comes twice.

    `about` is the tenant whose log is concerned, or nothing where it is everybody's.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("alarms about the audit log"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="noticed_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        names_tenant=("about",),
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cause = models.CharField(max_length=120, unique=True)
    about = models.UUIDField(null=True)
    finding = models.CharField(max_length=20)
    place = models.TextField()
    noticed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(RESULTS.get(self.finding, self.finding))
