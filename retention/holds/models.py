"""Legal holds, the rows that they have kept, and what companies are told (R5).

A company never reads a hold itself: the app role has no right on `Hold` and `KeptRow`, so no mistake in a page can show
a sealed one. What is not sealed is told in a table of its own, `CompanyNotice`.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import NO_RIGHTS, READ_ONLY, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.definers import declare_definer
from tenants.isolation.models import new_id

EVIDENCE_DAYS = 3650  # a hold answers for what was kept and why for ten years after it

for _name in ("holds_keep_deleted()", "holds_keep_folders()", "holds_keep_documents()", "holds_keep_versions()"):
    declare_definer(_name, executors=(), purpose="keeps rows that a legal hold covers when they are deleted or moved")


class Scope(models.TextChoices):
    """What a hold covers."""

    COMPANY = "company", _("The whole company")
    FOLDER = "folder", _("A folder with everything below it")
    DOCUMENT = "document", _("One document")
    PERSON = "person", _("One person")
    AUDIT = "audit", _("The audit log between two days")


class Extent(models.Model):
    """What an order of an authority reaches. `scope_id` is a folder, a document or an account; the label is its path,
    or the user ID, as it was then. `since` to before `until` bounds an audit log."""

    tenant_id = models.UUIDField(editable=False)
    company_code = models.CharField(_("company code"), max_length=20)
    company_name = models.CharField(_("organisation name"), max_length=150)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    scope_id = models.UUIDField(null=True)
    scope_label = models.CharField(_("scope"), max_length=2000, blank=True)
    since = models.DateTimeField(_("from"), null=True)
    until = models.DateTimeField(_("to"), null=True)

    class Meta:
        abstract = True


class Hold(Extent):
    """One hold. It acts from the moment it is placed until a second operator has confirmed its release."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("legal holds"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="released_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    authority = models.CharField(_("authority"), max_length=150)
    reference = models.CharField(_("reference number"), max_length=100)
    legal_ground = models.CharField(_("legal ground"), max_length=300)
    reason = models.CharField(_("reason"), max_length=500)
    requested_on = models.DateField(_("ordered on"))
    sealed = models.BooleanField(_("sealed"), default=False)
    sealing_ground = models.CharField(_("ground for sealing"), max_length=300, blank=True)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now)
    placed_by_id = models.UUIDField()
    placed_by_name = models.CharField(_("placed by"), max_length=150)
    reviewer_id = models.UUIDField()
    reviewer_name = models.CharField(_("reviewer"), max_length=150)
    review_on = models.DateField(_("next review"))
    reviewed_at = models.DateTimeField(_("last reviewed"), null=True)
    reminded_on = models.DateField(null=True)
    release_asked_at = models.DateTimeField(_("release asked for"), null=True)
    release_asked_by_id = models.UUIDField(null=True)
    release_asked_by_name = models.CharField(_("release asked for by"), max_length=150, blank=True)
    release_reason = models.CharField(_("reason for the release"), max_length=500, blank=True)
    released_at = models.DateTimeField(_("released"), null=True)
    released_by_id = models.UUIDField(null=True)
    released_by_name = models.CharField(_("released by"), max_length=150, blank=True)

    class Meta:
        ordering = ["-placed_at", "-id"]
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        indexes = [models.Index(fields=["tenant_id"], name="holds_active", condition=models.Q(released_at=None))]

    def __str__(self) -> str:
        return f"{self.company_code} {self.reference}"

    @property
    def is_active(self) -> bool:
        """Whether it holds anything."""
        return self.released_at is None

    @property
    def overdue(self) -> bool:
        """Whether its review should have been done by now."""
        return self.is_active and self.review_on < timezone.localdate()


class KeptRow(models.Model):
    """A row as it was when it was deleted, or moved away, while a hold covered it.

    Written by triggers of the database, whichever code deletes. Contents of the document store that a kept version
    names stay there. All of it goes when the hold is released.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("rows kept by legal holds"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.while_in_use(),
        archived=False,
        left_out="a backup would keep it for longer than the hold; recovery to a point in time has it",
        returned=False,
        erasure=Erasure.ROWS,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "DELETE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="kept")
    tenant_id = models.UUIDField(editable=False)
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    row: "models.JSONField[Any, Any]" = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kept_at", "id"]
        indexes = [models.Index(fields=["hold", "table_name", "row_id"], name="holds_kept_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class NoticeKind(models.TextChoices):
    """What a company is told of."""

    HOLD = "hold", _("Legal hold")
    DISCLOSURE = "disclosure", _("Disclosure")


class CompanyNotice(Extent):
    """What a company may know of a hold or a disclosure: a copy for it, made only of what is not sealed."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("notices of legal holds and disclosures"),
        ownership=Ownership.PROVIDER,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        walled_by="tenant_id",
    )

    # That of the hold or the disclosure.
    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=NoticeKind)
    authority = models.CharField(_("authority"), max_length=150)
    reference = models.CharField(_("reference number"), max_length=100)
    legal_ground = models.CharField(_("legal ground"), max_length=300)
    begun_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        ordering = ["-begun_at", "-id"]
        verbose_name = _("notice of a legal hold")

    def __str__(self) -> str:
        return self.reference
