"""What the provider's audit log records of alerts (G3, N9)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ALERT_OPENED = register("alerts.opened", Kind.ERROR, _("A figure passed its threshold: an alert began"))
ALERT_ESCALATED = register("alerts.escalated", Kind.ERROR, _("An alert became more severe"))
ALERT_RETURNED = register("alerts.returned", Kind.ERROR, _("An alert that had ended came back"))
ALERT_CLOSED = register("alerts.closed", Kind.EXECUTION, _("An alert ended"))
ALERT_ACKNOWLEDGED = register("alerts.acknowledged", Kind.EXECUTION, _("Took note of an alert"))
INCIDENT_OPENED = register("alerts.incident_opened", Kind.EXECUTION, _("Opened an incident from an alert"))
THRESHOLD_CHANGED = register("alerts.threshold.changed", Kind.RIGHTS, _("Changed the threshold of a measure"))
