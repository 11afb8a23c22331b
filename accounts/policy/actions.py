"""What the audit log records of the security policy (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

MANY_FAILURES = register("policy.login.many_failures", Kind.ERROR, _("Saw many failed log-ins"))
POLICY_CHANGED = register("policy.changed", Kind.RIGHTS, _("Changed the security policy"))
