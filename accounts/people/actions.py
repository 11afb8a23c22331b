"""What the audit log records of removal, import and export (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

USER_REMOVED = register("accounts.user.removed", Kind.USERS, _("Removed a user"))
IMPORT_UPLOADED = register("accounts.import.uploaded", Kind.USERS, _("Uploaded a list of users"))
IMPORT_STARTED = register("accounts.import.started", Kind.USERS, _("Started an import of users"))
IMPORT_COMPLETED = register("accounts.import.completed", Kind.USERS, _("Imported users"))
IMPORT_REFUSED = register("accounts.import.refused", Kind.USERS, _("An import of users was refused"))
IMPORT_DISCARDED = register("accounts.import.discarded", Kind.USERS, _("Discarded a list of users"))
USERS_EXPORTED = register("accounts.users.exported", Kind.DATA, _("Exported the users"))
