"""Plans: what a contract includes (T7, B2)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

MIB = 1024**2
GIB = 1024**3


class PlanCode(models.TextChoices):
    """The plans on offer."""

    TRIAL = "trial", _("Trial")
    STANDARD = "standard", _("Standard")
    ENTERPRISE = "enterprise", _("Enterprise")


@dataclass(frozen=True, slots=True)
class Plan:
    """Limits of a plan: users, bytes in all, bytes a file, backup generations; and whether the company's administrators
    start the restore of the whole company themselves, without an operator's word."""

    code: PlanCode
    users: int
    storage_bytes: int
    file_bytes: int
    generations: int
    may_restore: bool = False


PLANS = {
    plan.code: plan
    for plan in (
        Plan(PlanCode.TRIAL, users=5, storage_bytes=GIB, file_bytes=50 * MIB, generations=1),
        Plan(PlanCode.STANDARD, users=50, storage_bytes=100 * GIB, file_bytes=500 * MIB, generations=7),
        Plan(
            PlanCode.ENTERPRISE,
            users=1000,
            storage_bytes=2000 * GIB,
            file_bytes=2 * GIB,
            generations=30,
            may_restore=True,
        ),
    )
}
