"""What pages are called, by the names of their addresses: events of screens keep the name, people read this (G3).

A page that is not here yet is shown by its name; a test finds it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Targets whose label is the name of an address: pages that were opened or closed, and requests that were traced.
SCREEN, ROUTE = "screen", "route"
PAGE_TYPES = frozenset({SCREEN, ROUTE})

PAGES: dict[str, Promise] = {
    "home": _("Home"),
    "profile": _("Profile and security"),
    "password_renew": _("Choose a new password"),
    "confirm": _("Confirm it is you"),
    "confirm_totp": _("Confirm it is you"),
    "passkey_confirm": _("Confirm it is you"),
    "sso_confirmed": _("Confirm it is you"),
    "sso_link": _("Single sign-on"),
    "enrol": _("Second factor"),
    "factors": _("Second factor"),
    "totp_enrol": _("Set up an authenticator app"),
    "recovery_codes": _("Recovery codes"),
    "passkeys": _("Passkeys"),
    "passkey": _("Passkeys"),
    "activity": _("Your activity"),
    "sessions": _("Sessions"),
    "console:users": _("Users"),
    "console:user": pgettext_lazy("page", "User"),
    "console:user_new": _("Register a user"),
    "console:user_suspend": pgettext_lazy("page", "Suspend a user"),
    "console:user_reset_factors": _("Reset the second factor"),
    "console:user_remove": pgettext_lazy("page", "Remove a user"),
    "console:user_imports": _("Import users"),
    "console:user_import": pgettext_lazy("page", "Import of users"),
    "console:user_import_status": pgettext_lazy("page", "Import of users"),
    "console:inventory": _("Account inventory"),
    "console:inventory_start": _("Begin an inventory"),
    "console:inventory_review": _("Account inventory"),
    "console:inventory_complete": _("Complete the inventory"),
    "console:inventory_abandon": _("Abandon the inventory"),
    "console:security": _("Security policy"),
    "console:roles": _("Roles"),
    "console:role": pgettext_lazy("page", "Role"),
    "console:role_new": _("Make a role"),
    "console:role_matrix": _("Roles and menus"),
    "console:role_remove": pgettext_lazy("page", "Remove a role"),
    "console:sso": _("Single sign-on"),
    "console:sso_test_result": pgettext_lazy("page", "Test of single sign-on"),
    "console:sso_require": pgettext_lazy("page", "Require single sign-on"),
    "console:sso_people": pgettext_lazy("page", "Links to the identity provider"),
    "console:network": _("IP addresses"),
    "console:network_add": _("Add a network"),
    "console:network_paste": _("Add several networks"),
    "console:network_switch": pgettext_lazy("page", "Restriction of IP addresses"),
    "console:network_edit": pgettext_lazy("page", "Allowed network"),
    "console:sessions": _("Logged-in devices"),
    "console:sessions_end": _("Log everybody out"),
    "console:audit": _("Audit log"),
    "console:audit_event": pgettext_lazy("page", "Entry of the audit log"),
    "console:audit_settings": _("Audit log settings"),
    "console:backups": _("Backups"),
    "console:staff_accesses": _("Staff access"),
    "console:staff_access": _("Staff access"),
    "operator:staff_accesses": _("Staff access"),
    "operator:staff_access_new": _("Ask for access"),
    "operator:staff_access": _("Staff access"),
    "operator:tenants": _("Tenants"),
    "operator:tenant_new": _("Create a tenant"),
    "operator:tenant_audit": _("Audit log settings"),
    "operator:requests": _("Requests"),
    "operator:network": _("Emergency opening"),
    "operator:styleguide": _("Style guide"),
    "documents:list": _("Documents"),
    "documents:search": _("Search documents"),
    "documents:folder": pgettext_lazy("page", "Folder"),
    "documents:document": pgettext_lazy("page", "Document"),
    "documents:new_folder": _("New folder"),
    "documents:rename_folder": _("Rename the folder"),
    "documents:move_folder": _("Move the folder"),
    "documents:delete_folder": pgettext_lazy("page", "Delete a folder"),
    "documents:rename_document": _("Rename the document"),
    "documents:move_document": _("Move the document"),
    "documents:delete_document": pgettext_lazy("page", "Delete a document"),
    "documents:counterparties": _("Counterparties"),
    "documents:counterparty": pgettext_lazy("page", "Counterparty"),
    "documents:new_counterparty": _("Register a counterparty"),
}


def page_label(name: str) -> str:
    """What the page of that name is called, in the reader's language."""
    return str(PAGES.get(name, name))
