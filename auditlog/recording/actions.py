"""What the audit log records of its own settings, of screens and of traces (G3, G4)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

RECORDING_CHANGED = register("recording.changed", Kind.RIGHTS, _("Changed what the audit log records"))
SCREEN_OPENED = register("screen.opened", Kind.SCREEN, _("Opened a page"))
SCREEN_CLOSED = register("screen.closed", Kind.SCREEN, _("Closed a page"))
REQUEST_TRACED = register("trace.request", Kind.TRACE, _("Answered a request"))
TASK_BEGUN = register("trace.task.begun", Kind.TRACE, _("Began a background task"))
TASK_ENDED = register("trace.task.ended", Kind.TRACE, _("Ended a background task"))
