"""What the audit log records of account inventories (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

REVIEW_STARTED = register("inventory.started", Kind.RIGHTS, _("Started an account inventory"))
REVIEW_DECIDED = register("inventory.decided", Kind.RIGHTS, _("Decided about accounts in an inventory"))
REVIEW_CARRIED_OUT = register("inventory.carried_out", Kind.RIGHTS, _("Carried out a decision of an inventory"))
REVIEW_COMPLETED = register("inventory.completed", Kind.RIGHTS, _("Completed an account inventory"))
REVIEW_ABANDONED = register("inventory.abandoned", Kind.RIGHTS, _("Abandoned an account inventory"))
REPORT_EXPORTED = register("inventory.exported", Kind.DATA, _("Exported the report of an account inventory"))
SCHEDULE_CHANGED = register("inventory.schedule.changed", Kind.RIGHTS, _("Changed how often an inventory is due"))
