"""What the audit log records of backups (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ARCHIVE_MADE = register("backups.archive.made", Kind.EXECUTION, _("Made a backup"))
ARCHIVE_FAILED = register("backups.archive.failed", Kind.ERROR, _("Failed to make a backup"))
ARCHIVE_VERIFIED = register("backups.archive.verified", Kind.EXECUTION, _("Verified a backup"))
ARCHIVE_DAMAGED = register("backups.archive.damaged", Kind.ERROR, _("Found a backup damaged"))
ARCHIVE_REMOVED = register("backups.archive.removed", Kind.EXECUTION, _("Removed an old backup"))
BACKUP_ORDERED = register("backups.archive.ordered", Kind.EXECUTION, _("Asked for a backup"))
VERIFICATION_ORDERED = register("backups.verification.ordered", Kind.EXECUTION, _("Asked to have a backup verified"))
ARCHIVE_RESTORED = register("backups.archive.restored", Kind.EXECUTION, _("Restored a backup as a new company"))
RESTORE_REFUSED = register("backups.restore.refused", Kind.ERROR, _("Failed to restore a backup"))
