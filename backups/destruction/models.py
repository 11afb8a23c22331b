"""Requests to destroy a company's keys, and what came of them: the provider's own evidence (R1, R2).

They stay when the company is erased: ids of keys and counts, no word of the company's data.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id

ANSWER_HOURS = 24


class RequestState(models.TextChoices):
    """Where a request stands; it expires by itself."""

    ASKED = "asked", _("Waits for a second operator")
    DONE = "completed", _("Destroyed")
    WITHDRAWN = "cancelled", _("Withdrawn")
    EXPIRED = "expired", _("Never confirmed")


class DestructionRequest(models.Model):
    """One operator asks, another one confirms. `effect` is what the asker was shown; `key_ids` are gone when DONE."""

    asset: ClassVar[Asset] = Asset(
        data_class="destructions of keys",
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

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    company_code = models.CharField(_("company code"), max_length=20)
    company_name = models.CharField(_("organisation name"), max_length=150)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    reason = models.CharField(_("reason"), max_length=500)
    effect: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by_id = models.UUIDField()
    asked_by_email = models.EmailField(max_length=254)
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True)
    key_ids: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    versions = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("destruction of keys")
        verbose_name_plural = _("destructions of keys")

    def __str__(self) -> str:
        return f"{self.company_code} {self.company_name}"

    @property
    def answer_until(self) -> datetime:
        """When a request lapses that nobody confirmed."""
        return self.asked_at + timedelta(hours=ANSWER_HOURS)

    @property
    def state_now(self) -> RequestState:
        """The state at this moment: nobody has to write down that a request lapsed."""
        if self.state == RequestState.ASKED and self.answer_until <= timezone.now():
            return RequestState.EXPIRED
        return RequestState(self.state)

    @property
    def is_open(self) -> bool:
        """Whether it can still be confirmed."""
        return self.state_now is RequestState.ASKED
