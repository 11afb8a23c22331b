"""What the audit log records of alarms (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ALARM_RAISED = register("incidents.alarm.raised", Kind.ERROR, _("Raised an alarm to operators"))
CHANNEL_ADDED = register("incidents.channel.added", Kind.RIGHTS, _("Added a chat for alarms"))
CHANNEL_CHANGED = register("incidents.channel.changed", Kind.RIGHTS, _("Changed a chat for alarms"))
CHANNEL_REMOVED = register("incidents.channel.removed", Kind.RIGHTS, _("Removed a chat for alarms"))
CHANNEL_TESTED = register("incidents.channel.tested", Kind.EXECUTION, _("Sent a test to a chat for alarms"))
