"""What the audit log records of its own expiry (G3, G5)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

PARTITION_DROPPED = register("auditlog.partition.dropped", Kind.EXECUTION, _("Removed expired audit events"))
PROBLEM_BEGAN = register("auditlog.partition.problem", Kind.ERROR, _("Found a problem with the room of the audit log"))
PROBLEM_ENDED = register(
    "auditlog.partition.solved", Kind.EXECUTION, _("A problem with the room of the audit log is over")
)
CLASS_CHANGED = register(
    "auditlog.retention.changed", Kind.RIGHTS, _("Changed how long the audit log of a company is kept")
)
EVENTS_MOVED = register(
    "auditlog.retention.moved", Kind.EXECUTION, _("Applied a new retention period to earlier audit events")
)
