"""What the audit log records of its own forwarding (G3). A failure is recorded once, not at each try."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

DESTINATION_ADDED = register("auditlog.forwarding.added", Kind.RIGHTS, _("Added a destination of the audit log"))
DESTINATION_CHANGED = register("auditlog.forwarding.changed", Kind.RIGHTS, _("Changed a destination of the audit log"))
DESTINATION_PAUSED = register("auditlog.forwarding.paused", Kind.RIGHTS, _("Paused a destination of the audit log"))
DESTINATION_RESUMED = register("auditlog.forwarding.resumed", Kind.RIGHTS, _("Resumed a destination of the audit log"))
DESTINATION_REMOVED = register("auditlog.forwarding.removed", Kind.RIGHTS, _("Removed a destination of the audit log"))
SECRET_RENEWED = register("auditlog.forwarding.secret_renewed", Kind.RIGHTS, _("Renewed the secret of a webhook"))
DESTINATION_TESTED = register("auditlog.forwarding.tested", Kind.EXECUTION, _("Sent a test to a destination"))
FORWARDING_FAILED = register("auditlog.forwarding.failed", Kind.ERROR, _("A destination does not take the audit log"))
FORWARDING_RECOVERED = register(
    "auditlog.forwarding.recovered", Kind.EXECUTION, _("A destination takes the audit log again")
)
FORWARDING_GAP = register("auditlog.forwarding.gap", Kind.ERROR, _("Events ran out before they were forwarded"))
