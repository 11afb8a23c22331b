"""What the audit log records of its own readers (G2)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

FILTER_SAVED = register("auditlog.filter.saved", Kind.EXECUTION, _("Saved a filter of the audit log"))
FILTER_CHANGED = register("auditlog.filter.changed", Kind.EXECUTION, _("Changed a saved filter of the audit log"))
FILTER_DELETED = register("auditlog.filter.deleted", Kind.EXECUTION, _("Deleted a saved filter of the audit log"))
