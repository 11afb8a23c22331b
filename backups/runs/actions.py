"""What the provider's audit log records of runs (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

RUN_BEGAN = register("backups.run.began", Kind.EXECUTION, _("Began to back up all companies"))
RUN_ENDED = register("backups.run.ended", Kind.EXECUTION, _("Backed up all companies"))
PLATFORM_ARCHIVE_MADE = register("backups.platform.made", Kind.EXECUTION, _("Made a backup of the platform"))
PLATFORM_ARCHIVE_CHECKED = register("backups.platform.checked", Kind.EXECUTION, _("Checked a backup of the platform"))
PLATFORM_ARCHIVE_REMOVED = register("backups.platform.removed", Kind.EXECUTION, _("Removed a backup of the platform"))
PLATFORM_ARCHIVE_COPIED = register("backups.platform.copied", Kind.EXECUTION, _("Copied a backup of the platform"))
