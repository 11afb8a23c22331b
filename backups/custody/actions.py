"""What the audit log records of the care for keys (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ROOT_KEY_ROTATED = register("keys.root.rotated", Kind.RIGHTS, _("Wrapped all keys anew under a new root key"))
ROOT_KEY_RETIRED = register("keys.root.retired", Kind.RIGHTS, _("Retired the old root key"))
TENANT_KEYS_ROTATED = register("keys.tenant.rotated", Kind.RIGHTS, _("Gave a company a new encryption key"))
PLATFORM_KEYS_ROTATED = register(
    "keys.platform.rotated", Kind.RIGHTS, _("Gave the backups of the platform a new encryption key")
)
SIGNING_KEY_ROTATED = register("keys.signing.rotated", Kind.RIGHTS, _("Renewed a signing key"))
ESCROW_EXPORTED = register("keys.escrow.exported", Kind.RIGHTS, _("Put the root key into escrow"))
ESCROW_DRILLED = register("keys.escrow.drilled", Kind.EXECUTION, _("Practised recovery from escrow"))
ESCROW_RESTORED = register("keys.escrow.restored", Kind.RIGHTS, _("Put the root key back from escrow"))
