"""What the audit logs record of an erasure, the company's own while it lasts, and the provider's (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ERASURE_PLANNED = register("erasure.planned", Kind.EXECUTION, _("Planned the erasure of a company's data"))
ERASURE_WITHDRAWN = register("erasure.withdrawn", Kind.EXECUTION, _("Withdrew the erasure of a company's data"))
ERASURE_BEGUN = register("erasure.begun", Kind.EXECUTION, _("Began to erase a company's data"))
ERASURE_STEP = register("erasure.step", Kind.EXECUTION, _("Erased a part of a company's data"))
ERASURE_HELD = register("erasure.held", Kind.EXECUTION, _("Left data under a legal hold unerased"))
ERASURE_PROVEN = register("erasure.proven", Kind.EXECUTION, _("Proved that a company's data is gone"))
ERASURE_FAILED = register("erasure.failed", Kind.EXECUTION, _("The erasure of a company's data was cut short"))
ERASURE_REPLAYED = register("erasure.replayed", Kind.EXECUTION, _("Erased again what a restore brought back"))
TABLES_REWRITTEN = register("erasure.rewritten", Kind.EXECUTION, _("Wrote anew the tables of erased companies"))
