"""What the audit log records of restores that a company asks for (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

RESTORE_ASKED = register("backups.request.asked", Kind.EXECUTION, _("Asked for a restore from a backup"))
RESTORE_WITHDRAWN = register("backups.request.withdrawn", Kind.EXECUTION, _("Withdrew a request for a restore"))
RESTORE_APPROVED = register("backups.request.approved", Kind.EXECUTION, _("Approved a request for a restore"))
RESTORE_REFUSED = register("backups.request.refused", Kind.EXECUTION, _("Refused a request for a restore"))
FILES_RETURNED = register(
    "backups.request.files_returned", Kind.EXECUTION, _("Brought deleted files back from a backup")
)
COMPANY_RESTORED = register(
    "backups.request.company_restored", Kind.EXECUTION, _("Restored the company from a backup beside itself")
)
RESTORE_FAILED = register("backups.request.failed", Kind.ERROR, _("A restore from a backup failed"))
