"""What is captured of a company and how long it is kept (G4, G5)."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditlog.actions import Kind
from auditlog.models import RetentionClass
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.models import TenantModel

# What explains itself and could be done without. Every other kind is evidence, which nobody can switch off:
# who came in, who got which right, what was written, read out and refused.
OPTIONAL_KINDS = frozenset({Kind.SCREEN, Kind.TRACE})
LONGEST_TRACE = timedelta(days=7)


class RecordingPolicy(TenantModel):
    """The choice of a tenant. One without a row has the defaults; the provider's own log is kept for seven years.

    The database reads `retention_class` when it stores an event (`recording_class()`), so that a change holds for
    every process at once and costs no question.
    """

    asset = Asset(
        data_class=gettext_noop("recording policy"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        rolled_back=False,  # how the log is kept, which goes on
        returned=True,
        platform_rights=frozenset({"SELECT"}),
    )

    screens = models.BooleanField(_("Record which pages are opened and closed"), default=True)
    # Traces are for the days of a search for a fault. They end by themselves, because nobody remembers to end them.
    traced_until = models.DateTimeField(_("Traces until"), null=True, blank=True)
    retention_class = models.CharField(_("Kept for"), max_length=8, choices=RetentionClass, default=RetentionClass.D180)

    class Meta(TenantModel.Meta):
        verbose_name = _("recording policy")
        verbose_name_plural = _("recording policies")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id"], name="recording_recordingpolicy_once"),
            models.CheckConstraint(
                condition=models.Q(retention_class__in=["d30", "d180", "y7"]), name="recording_recordingpolicy_class"
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def is_tracing(self) -> bool:
        """Whether traces are written now."""
        return self.captures(Kind.TRACE)

    def captures(self, kind: Kind, now: datetime | None = None) -> bool:
        """Whether events of the kind are written at that time."""
        if kind is Kind.SCREEN:
            return self.screens
        if kind is Kind.TRACE:
            return self.traced_until is not None and (now or timezone.now()) < self.traced_until
        return True
