"""What the provider's audit log records of maintenance (N6)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from auditlog.actions import Kind, register

MAINTENANCE_PLANNED = register("maintenance.planned", Kind.EXECUTION, pgettext_lazy("action", "Planned maintenance"))
MAINTENANCE_REVISED = register("maintenance.revised", Kind.EXECUTION, _("Changed the plan of maintenance"))
MAINTENANCE_ANNOUNCED = register("maintenance.announced", Kind.EXECUTION, _("Announced maintenance"))
MAINTENANCE_STARTED = register("maintenance.started", Kind.EXECUTION, _("Started maintenance"))
MAINTENANCE_PROLONGED = register("maintenance.prolonged", Kind.EXECUTION, _("Prolonged maintenance"))
MAINTENANCE_ENDED = register("maintenance.ended", Kind.EXECUTION, _("Ended maintenance"))
MAINTENANCE_CANCELLED = register("maintenance.cancelled", Kind.EXECUTION, _("Cancelled maintenance"))
