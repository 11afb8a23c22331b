"""What the audit log records of passkeys (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

PASSKEY_ADDED = register("accounts.passkey.added", Kind.USERS, _("Added a passkey"))
PASSKEY_RENAMED = register("accounts.passkey.renamed", Kind.USERS, _("Renamed a passkey"))
PASSKEY_REMOVED = register("accounts.passkey.removed", Kind.USERS, _("Removed a passkey"))
PASSKEY_COPIED = register("accounts.passkey.copied", Kind.LOGIN, _("A passkey was refused that seems to be copied"))
