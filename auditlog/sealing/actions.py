"""What the audit log records of its own keeping (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

AUDIT_KEY_ROTATED = register("auditlog.key.rotated", Kind.RIGHTS, _("Renewed the key that signs the audit log"))
AUDIT_RECOVERED = register(
    "auditlog.seal.recovered", Kind.EXECUTION, _("Continued sealing the audit log after a recovery")
)
