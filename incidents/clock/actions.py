"""What the audit log records of deadlines and of the calendar (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

DEADLINE_STARTED = register("incidents.deadline.started", Kind.EXECUTION, _("Promised a deadline"))
DEADLINE_MET = register("incidents.deadline.met", Kind.EXECUTION, _("Met a deadline"))
DEADLINE_MET_LATE = register("incidents.deadline.met_late", Kind.ERROR, _("Did late what a deadline demanded"))
DEADLINE_WITHDRAWN = register("incidents.deadline.withdrawn", Kind.EXECUTION, _("Withdrew a deadline"))
DEADLINE_ESCALATED = register("incidents.deadline.escalated", Kind.EXECUTION, _("Warned of a deadline"))
DEADLINE_MISSED = register("incidents.deadline.missed", Kind.ERROR, _("Missed a deadline"))
CALENDAR_CHANGED = register("incidents.calendar.changed", Kind.RIGHTS, _("Made an edition of the business calendar"))
