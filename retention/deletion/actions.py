"""What the audit logs record of a deletion, the company's own while it lasts, and the provider's (G3, G10)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

DELETION_REQUESTED = register("company.deletion.requested", Kind.RIGHTS, _("Asked for the deletion of a company"))
DELETION_WITHDRAWN = register("company.deletion.withdrawn", Kind.RIGHTS, _("Withdrew the deletion of a company"))
DELETION_CONFIRMED = register("company.deletion.confirmed", Kind.RIGHTS, _("Confirmed the deletion of a company"))
