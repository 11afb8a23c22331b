"""What the audit log records of restores (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

RESTORED_IN_PLACE = register(
    "backups.restored.in_place", Kind.EXECUTION, _("Put the company's data back to the state of a backup")
)
ROWS_BROUGHT_BACK = register("backups.restored.rows", Kind.EXECUTION, _("Brought missing rows back from a backup"))
CATALOGUE_FILLED = register(
    "backups.catalogue.filled", Kind.EXECUTION, _("Filled the list of backups again from the backup store")
)
SERVICE_REBUILT = register("backups.rebuilt", Kind.EXECUTION, _("Rebuilt the service from backups"))
