"""Certificates of erasure (R1, R2): signed once, never changed, the provider's own evidence."""

import hashlib
import json
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id


class Certificate(models.Model):
    """One certificate of one erasure. `statement` is the text that was signed, byte by byte."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("certificates of erasure"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="issued_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    erasure_id = models.UUIDField(unique=True, editable=False)
    tenant_id = models.UUIDField(editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    statement = models.TextField(editable=False)
    key_id = models.CharField(max_length=16, editable=False)
    signature = models.BinaryField(editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    recipients = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name = _("certificate of erasure")
        verbose_name_plural = _("certificates of erasure")

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, Any]:
        """What the statement says (`retention.certificates.statements`)."""
        content: dict[str, Any] = json.loads(self.statement)
        return content

    @property
    def digest(self) -> str:
        """SHA-256 of the statement."""
        return hashlib.sha256(self.statement.encode()).hexdigest()
