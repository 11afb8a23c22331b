"""What the audit log records of single sign-on (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

SSO_FAILED = register("accounts.sso.failed", Kind.LOGIN, _("Failed to log in by single sign-on"))
SSO_LOGGED_OUT = register("accounts.sso.logged_out", Kind.LOGIN, _("Logged out by the identity provider"))
SSO_KEY_MADE = register("accounts.sso.key.made", Kind.RIGHTS, _("Prepared single sign-on"))
SSO_CHANGED = register("accounts.sso.changed", Kind.RIGHTS, _("Changed the settings of single sign-on"))
SSO_SWITCHED_OFF = register(
    "accounts.sso.switched_off", Kind.RIGHTS, _("Switched the requirement of single sign-on off in an emergency")
)
SSO_TESTED = register("accounts.sso.tested", Kind.RIGHTS, _("Tested single sign-on"))
SSO_LINKED = register("accounts.sso.linked", Kind.USERS, _("Linked a user to the identity provider"))
SSO_UNLINKED = register("accounts.sso.unlinked", Kind.USERS, _("Unlinked a user from the identity provider"))
SSO_BREAK_GLASS = register(
    "accounts.sso.break_glass", Kind.LOGIN, _("Logged in by password although single sign-on is required")
)
