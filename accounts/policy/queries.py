"""Reads of the security policy."""

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from accounts.policy.models import SecurityPolicy
from tenants.isolation.context import require_tenant_id


def current_policy() -> SecurityPolicy:
    """The policy of the tenant in scope; the defaults, unsaved, where it has chosen none."""
    return SecurityPolicy.objects.first() or SecurityPolicy()


def stored_values() -> RawSQL:
    """The chosen values by name, or NULL, for a query that reads something else anyway.

    By hand, because every request asks: to put eleven names into Django's JSONObject takes longer than to answer.
    """
    return RawSQL(
        "(SELECT to_jsonb(p) - 'id' - 'tenant_id' FROM policy_securitypolicy AS p WHERE p.tenant_id = %s)",
        [require_tenant_id()],
        output_field=JSONField(),
    )
