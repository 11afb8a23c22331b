"""Segments and heads: what the provider keeps of every audit log for good. They hold no personal data (G7, R2).

A segment says: these events, this many, with this Merkle root, after that segment. A head says: these are the newest
segments of everybody, after that head. Both are signed statements, kept as the very text that was signed. They are the
provider's evidence and not the customer's data, so they outlive expired partitions and erased tenants.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_noop

from tenants.isolation.assets import APPEND_ONLY, NO_RIGHTS, READ_ONLY, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import TenantModel, new_id


class Segment(models.Model):
    """One closed run of a tenant's events. It ends before the event at (`end_transaction`, `end_at`).

    `head` is the number of the head that is the first to cover it. `statement` is the signed text; its SHA-256 is the
    hash of the segment. The other columns repeat what is in it, for queries. One with `keeps` declares another
    retention class: all events before it are kept for so many days (`auditlog.sealing.expiry`).
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("proofs of the audit log"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=APPEND_ONLY,
        walled_by="tenant_id",
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    seq = models.BigIntegerField()
    head = models.BigIntegerField()
    count = models.IntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField()
    end_transaction = models.BigIntegerField()
    end_at = models.DateTimeField(null=True)
    keeps = models.IntegerField(null=True)
    statement = models.TextField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    class Meta:
        ordering = ["tenant_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["tenant_id", "seq"], name="sealing_segment_seq")]
        indexes = [
            models.Index(fields=["tenant_id", "head", "seq"], name="sealing_segment_head"),
            models.Index(fields=["tenant_id", "end_transaction"], name="sealing_segment_end"),
            models.Index(fields=["head"], name="sealing_segment_of_head"),
            models.Index(fields=["tenant_id"], name="sealing_segment_first", condition=models.Q(seq=1)),
            models.Index(
                fields=["tenant_id", "seq"], name="sealing_segment_keeps", condition=models.Q(keeps__isnull=False)
            ),
        ]


class Leaves(TenantModel):
    """The leaves of a segment's tree, 52 bytes each (`auditlog.sealing.entries`); gone when its events have expired."""

    asset = Asset(
        data_class=gettext_noop("hashes of the audit log"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "DELETE"}),
    )

    seq = models.BigIntegerField()
    expires = models.DateField()
    entries = models.BinaryField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id", "seq"], name="sealing_leaves_seq")]


class Head(models.Model):
    """One statement about the newest segments of all tenants, written also when nothing happened."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("proofs of the audit log"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    statement = models.TextField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    class Meta:
        ordering = ["number"]
