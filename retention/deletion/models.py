"""Requests to delete a company, and what came of them: the provider's own evidence (T3, R2)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.four_eyes import FourEyesRequest
from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind


class DeletionRequest(FourEyesRequest):
    """One operator asks, another one confirms; `erasure_id` is the erasure that began with it."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("deletions of companies"),
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

    erasure_id = models.UUIDField(null=True, editable=False)

    class Meta(FourEyesRequest.Meta):
        verbose_name = _("deletion of a company")
        verbose_name_plural = _("deletions of companies")
