"""What the audit log records of allowed networks (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

NETWORK_ADDED = register("accounts.network.added", Kind.RIGHTS, _("Added an allowed network"))
NETWORK_CHANGED = register("accounts.network.changed", Kind.RIGHTS, _("Changed an allowed network"))
NETWORK_REMOVED = register("accounts.network.removed", Kind.RIGHTS, _("Removed an allowed network"))
NETWORK_SWITCHED = register("accounts.network.switched", Kind.RIGHTS, _("Switched the restriction of IP addresses"))
NETWORK_OPENED = register("accounts.network.opened", Kind.RIGHTS, _("Opened to every IP address in an emergency"))
NETWORK_CLOSED = register("accounts.network.closed", Kind.RIGHTS, _("Ended the emergency opening"))
ADDRESS_REFUSED = register("accounts.network.refused", Kind.ERROR, _("Came from an IP address that is not allowed"))

# Why somebody was refused, in `after.reason` of a failed log-in as of ADDRESS_REFUSED.
OUTSIDE = "address not allowed"
