"""Reads of the security policy."""

from django.db.models import Subquery
from django.db.models.functions import JSONObject

from accounts.policy.models import DEFAULTS, SecurityPolicy


def current_policy() -> SecurityPolicy:
    """The policy of the tenant in scope; the defaults, unsaved, where it has chosen none."""
    return SecurityPolicy.objects.first() or SecurityPolicy()


def stored_values() -> Subquery:
    """The chosen values by name, or NULL, for a query that reads something else anyway."""
    return Subquery(SecurityPolicy.objects.values_list(JSONObject(**{name: name for name in DEFAULTS}))[:1])
