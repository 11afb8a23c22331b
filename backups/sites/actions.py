"""What the audit log records of the sites of backups (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ARCHIVE_COPIED = register("backups.archive.copied", Kind.EXECUTION, _("Copied a backup to the second site"))
COPY_FAILED = register("backups.copy.failed", Kind.ERROR, _("Failed to copy a backup to the second site"))
COPY_VERIFIED = register("backups.copy.verified", Kind.EXECUTION, _("Verified a backup at the second site"))
COPY_DAMAGED = register("backups.copy.damaged", Kind.ERROR, _("Found a backup damaged at the second site"))
COPY_REMOVED = register("backups.copy.removed", Kind.EXECUTION, _("Removed an old backup at the second site"))
STORE_EXAMINED = register("backups.store.examined", Kind.EXECUTION, _("Examined what a store refuses"))
