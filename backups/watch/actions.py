"""What the provider's audit log records of the watch over backups (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

PROBLEM_BEGAN = register("backups.problem.began", Kind.ERROR, _("Noticed a problem with backups"))
PROBLEM_ENDED = register("backups.problem.ended", Kind.EXECUTION, _("Noticed that a problem with backups is over"))
