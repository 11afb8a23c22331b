"""Reads of the security policy."""

from accounts.policy.models import SecurityPolicy


def current_policy() -> SecurityPolicy:
    """The policy of the tenant in scope; the defaults, unsaved, where it has chosen none."""
    return SecurityPolicy.objects.first() or SecurityPolicy()
