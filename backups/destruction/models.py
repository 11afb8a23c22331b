"""Requests to destroy a company's keys, and what came of them: the provider's own evidence (R1, R2).

They stay when the company is erased: ids of keys and counts, no word of the company's data.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.four_eyes import FourEyesRequest
from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind


class DestructionRequest(FourEyesRequest):
    """One operator asks, another one confirms; `key_ids` are gone when it is done."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("destructions of keys"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="asked_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    key_ids: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    versions = models.PositiveIntegerField(default=0)

    class Meta(FourEyesRequest.Meta):
        verbose_name = _("destruction of keys")
        verbose_name_plural = _("destructions of keys")
