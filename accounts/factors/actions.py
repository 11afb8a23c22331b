"""What the audit log records of the second factor (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

FACTOR_REFUSED = register("accounts.factor.refused", Kind.LOGIN, _("Failed to prove the second factor"))
FACTOR_ADDED = register("accounts.factor.added", Kind.USERS, _("Set up a second factor"))
FACTOR_REMOVED = register("accounts.factor.removed", Kind.USERS, _("Removed a second factor"))
FACTORS_RESET = register("accounts.factors.reset", Kind.USERS, _("Reset the second factor of a user"))
RECOVERY_RENEWED = register("accounts.recovery.renewed", Kind.USERS, _("Made new recovery codes"))
