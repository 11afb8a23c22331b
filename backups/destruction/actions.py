"""What the audit logs record of a destruction, the company's own and the provider's (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

DESTRUCTION_REQUESTED = register(
    "keys.destruction.requested", Kind.RIGHTS, _("Asked for the destruction of a company's keys")
)
DESTRUCTION_WITHDRAWN = register(
    "keys.destruction.withdrawn", Kind.RIGHTS, _("Withdrew the destruction of a company's keys")
)
KEYS_DESTROYED = register("keys.tenant.destroyed", Kind.RIGHTS, _("Destroyed a company's keys"))
