"""What the provider's audit log records of probes (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

PROBE_FAILED = register("incidents.probe.failed", Kind.ERROR, _("A probe found something out of order"))
PROBE_RECOVERED = register("incidents.probe.recovered", Kind.EXECUTION, _("A probe found it in order again"))
