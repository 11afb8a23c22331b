"""What the audit log records of its own exports; that a file went out is `auditlog.actions.AUDIT_EXPORTED` (G2)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

EXPORT_REQUESTED = register("auditlog.export.requested", Kind.EXECUTION, _("Asked for an export of the audit log"))
EXPORT_COMPLETED = register("auditlog.export.completed", Kind.EXECUTION, _("Completed an export of the audit log"))
EXPORT_CANCELLED = register("auditlog.export.cancelled", Kind.EXECUTION, _("Cancelled an export of the audit log"))
EXPORT_FAILED = register("auditlog.export.failed", Kind.EXECUTION, _("An export of the audit log failed"))
EXPORT_REMOVED = register("auditlog.export.removed", Kind.EXECUTION, _("Removed an expired export of the audit log"))
