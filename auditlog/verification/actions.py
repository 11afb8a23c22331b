"""What the audit log records of its own verification (G3, G7)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

LOG_VERIFIED = register("auditlog.verified", Kind.EXECUTION, _("Verified the audit log"))
LOG_BROKEN = register("auditlog.broken", Kind.ERROR, _("Found the audit log not as it was sealed"))
SEALER_STOPPED = register("auditlog.sealer.stopped", Kind.ERROR, _("Found that the audit log is not being sealed"))
