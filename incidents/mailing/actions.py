"""What the provider's audit log records of mailings (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

MAILING_STARTED = register("incidents.mailing.started", Kind.EXECUTION, _("Started a mailing"))
MAILING_FINISHED = register("incidents.mailing.finished", Kind.EXECUTION, _("Finished a mailing"))
MAILING_STOPPED = register("incidents.mailing.stopped", Kind.EXECUTION, _("Stopped a mailing"))
MAILING_RESUMED = register("incidents.mailing.resumed", Kind.EXECUTION, _("Sent refused mails of a mailing again"))
DELIVERY_BOUNCED = register("incidents.mailing.bounced", Kind.ERROR, _("A mail came back"))
BOUNCE_REFUSED = register("incidents.mailing.bounce_refused", Kind.ERROR, _("Refused a report of a returned mail"))
ADDRESS_FORGOTTEN = register("incidents.mailing.forgotten", Kind.DATA, _("Forgot an address in mailings"))
