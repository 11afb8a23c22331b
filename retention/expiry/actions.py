"""What the audit log records of expiry (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ROWS_EXPIRED = register("retention.expired", Kind.EXECUTION, _("Removed data whose retention period was over"))
RUN_ORDERED = register("retention.run.ordered", Kind.EXECUTION, _("Ordered the removal of expired data"))
RUN_FINISHED = register("retention.run.finished", Kind.EXECUTION, _("Removed expired data of all companies"))
RUN_TRIED = register("retention.run.tried", Kind.EXECUTION, _("Counted expired data without removing any"))
RUN_FAILED = register("retention.run.failed", Kind.ERROR, _("The removal of expired data failed, at least in part"))
PROBLEM_BEGAN = register("retention.problem.began", Kind.ERROR, _("Noticed a problem with retention"))
PROBLEM_ENDED = register("retention.problem.ended", Kind.EXECUTION, _("Noticed that a problem with retention is over"))
