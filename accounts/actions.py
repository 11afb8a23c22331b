"""What the audit log records of accounts (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

LOGGED_IN = register("accounts.login.succeeded", Kind.LOGIN, _("Logged in"))
FACTOR_ASKED = register("accounts.login.factor_asked", Kind.LOGIN, _("Proved one factor, was asked for the second"))
IDENTITY_CONFIRMED = register("accounts.identity.confirmed", Kind.LOGIN, _("Confirmed the identity once more"))
IDENTITY_REFUSED = register("accounts.identity.refused", Kind.LOGIN, _("Failed to confirm the identity"))
LOGIN_FAILED = register("accounts.login.failed", Kind.LOGIN, _("Failed to log in"))
LOGGED_OUT = register("accounts.logout", Kind.LOGIN, _("Logged out"))
NEW_DEVICE = register("accounts.login.new_device", Kind.LOGIN, _("Logged in from a new device"))
SESSIONS_ENDED = register("accounts.sessions.ended", Kind.LOGIN, _("Ended sessions"))
PASSWORD_CHANGED = register("accounts.password.changed", Kind.USERS, _("Changed own password"))
PASSWORD_RESET = register("accounts.password.reset", Kind.USERS, _("Set a new password by a link"))
PASSWORD_DEMANDED = register("accounts.password.demanded", Kind.USERS, _("Demanded a new password of a user"))
RESET_REQUESTED = register("accounts.reset.requested", Kind.USERS, _("Asked for a password reset"))
RESET_SENT = register("accounts.reset.sent", Kind.USERS, _("Issued a link for a password reset"))
PROFILE_CHANGED = register("accounts.profile.changed", Kind.USERS, _("Changed own profile"))
USER_REGISTERED = register("accounts.user.registered", Kind.USERS, _("Registered a user"))
USER_CHANGED = register("accounts.user.changed", Kind.USERS, _("Changed a user"))
USER_SUSPENDED = register("accounts.user.suspended", Kind.USERS, _("Suspended a user"))
USER_RESUMED = register("accounts.user.resumed", Kind.USERS, _("Resumed a user"))
INVITATION_SENT = register("accounts.invitation.sent", Kind.USERS, _("Issued an invitation"))
INVITATION_REPEATED = register("accounts.invitation.repeated", Kind.USERS, _("Invited a user again"))
INVITATION_ACCEPTED = register("accounts.invitation.accepted", Kind.USERS, _("Accepted an invitation"))
ROLES_MADE = register("accounts.roles.made", Kind.RIGHTS, _("Made the built-in roles"))
ROLES_GIVEN = register("accounts.roles.given", Kind.RIGHTS, _("Changed the roles of a user"))
ROLE_CREATED = register("accounts.role.created", Kind.RIGHTS, _("Created a role"))
ROLE_CHANGED = register("accounts.role.changed", Kind.RIGHTS, _("Changed the menus of a role"))
ROLE_REMOVED = register("accounts.role.removed", Kind.RIGHTS, _("Removed a role"))
