"""What operators may change of the promise (R1). Everything else follows from how the installation is set up."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from retention.promise.arithmetic import DEFAULT_GRACE
from tenants.isolation.assets import READ_ONLY, Asset, Erasure, Ownership, Retention, TableKind


class PromiseSetting(models.Model):
    """The days of grace, once they were changed; one row, or none."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("settings of retention"),
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

    name = models.CharField(max_length=10, primary_key=True, default="promise", editable=False)
    grace = models.PositiveSmallIntegerField(_("days until erasure"), default=DEFAULT_GRACE)
    reason = models.CharField(_("reason"), max_length=500)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("promise of erasure")
        verbose_name_plural = _("promises of erasure")
        constraints = [models.CheckConstraint(condition=models.Q(name="promise"), name="promise_once")]

    def __str__(self) -> str:
        return self.name
