"""What the provider's audit log records of availability (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

MONTH_FROZEN = register("incidents.availability.frozen", Kind.EXECUTION, _("Wrote down the availability of a month"))
