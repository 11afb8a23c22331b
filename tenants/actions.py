"""What the audit log records of tenants (G3, T3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

TENANT_CREATED = register("tenants.created", Kind.EXECUTION, _("Created a tenant"))
TENANT_FROZEN = register("tenants.frozen", Kind.EXECUTION, _("Closed a company for a restore"))
TENANT_THAWED = register("tenants.thawed", Kind.EXECUTION, _("Opened a company again after a restore"))
TENANT_SUSPENDED = register("tenants.suspended", Kind.EXECUTION, _("Ended the use of a company"))
TENANT_CREATION_REFUSED = register("tenants.creation.refused", Kind.EXECUTION, _("Failed to create a tenant"))
