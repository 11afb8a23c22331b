"""What cancellations put on record, in the company's log and in the provider's (T4)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

CANCELLATION_REQUESTED = register("cancellation.requested", Kind.EXECUTION, _("Cancelled the contract"))
CANCELLATION_WITHDRAWN = register("cancellation.withdrawn", Kind.EXECUTION, _("Withdrew the cancellation"))
CANCELLATION_EFFECTIVE = register("cancellation.effective", Kind.EXECUTION, _("A cancellation took effect"))
