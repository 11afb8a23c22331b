"""What drills proved: evidence that is added to and never changed (B5, B6)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from tenants.isolation.assets import APPEND_ONLY, READ_ONLY, Asset, Ownership, Retention, TableKind
from tenants.isolation.models import new_id


class Kind(models.TextChoices):
    """What was rehearsed. Each kind has a series of times of its own."""

    COMPANY = "company", _("One company")
    REBUILD = "rebuild", _("The whole service")


class CheckCode(models.TextChoices):
    """What a drill looks at, in this order; the first that fails is the cause."""

    ARCHIVE = "archive", _("Manifest and signature")
    LOAD = "load", _("Loading")
    ROWS = "rows", _("Numbers of rows")
    DIGESTS = "digests", _("Contents of the tables")
    FOREIGN_KEYS = "foreign_keys", _("References between tables")
    LOG = "log", pgettext_lazy("restore drill", "Audit log")
    SECRETS = "secrets", _("Sealed secrets")
    FILES = "files", pgettext_lazy("restore drill", "Files")


class Drill(models.Model):
    """One restore that was rehearsed and measured. A drill that was killed leaves no row, and is done again.

    `tenant_id` is the company's; for a rebuild of the whole service the provider's own. `seconds` is the recovery time
    (RTO): from the first row to the last check. Making an empty database, which comes before, is `prepare_seconds`.
    `cause` is the first check that failed, empty when all were sound; `checks` is what each of them found, as
    `{code, sound, found, seconds}`.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("restore drills"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=APPEND_ONLY,
        walled_by="tenant_id",
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.COMPANY)
    tenant_id = models.UUIDField(editable=False)
    archive_id = models.UUIDField()
    snapshot_at = models.DateTimeField(_("as of"), null=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    prepare_seconds = models.FloatField(default=0)
    load_seconds = models.FloatField(default=0)
    check_seconds = models.FloatField(default=0)
    seconds = models.FloatField(_("recovery time"))
    rows = models.BigIntegerField(_("rows"), default=0)
    objects_listed = models.BigIntegerField(_("files in the backup"), default=0)
    files_opened = models.IntegerField(_("files opened"), default=0)
    bytes_opened = models.BigIntegerField(default=0)
    sound = models.BooleanField(_("result"))
    cause = models.CharField(_("cause"), max_length=20, choices=CheckCode, blank=True)
    error = models.TextField(_("what was found"), blank=True)
    checks = models.JSONField(default=list)
    tool = models.CharField(max_length=100)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("restore drill")
        verbose_name_plural = _("restore drills")
        indexes = [
            models.Index(fields=["tenant_id", "-started_at"], name="drills_drill_newest"),
            models.Index(fields=["kind", "started_at"], name="drills_drill_series"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def rows_per_second(self) -> float:
        """How quickly rows were loaded; 0 when nothing was."""
        return self.rows / self.load_seconds if self.load_seconds else 0.0
