"""What the audit log records of restore drills (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

DRILL_ORDERED = register("backups.drill.ordered", Kind.EXECUTION, _("Ordered a restore drill"))
DRILL_PASSED = register("backups.drill.passed", Kind.EXECUTION, _("A restore drill succeeded"))
DRILL_FAILED = register("backups.drill.failed", Kind.ERROR, _("A restore drill failed"))
