"""Changing the security policy of a company (A2, A3, A11)."""

from collections.abc import Mapping
from typing import Any

from accounts.policy.actions import POLICY_CHANGED
from accounts.policy.models import SecurityPolicy
from accounts.policy.passwords import prune_all
from accounts.policy.standards import changed_values, preset_of
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic, take_turns


@atomic()
def change_policy(values: Mapping[str, Any], *, actor: Actor) -> SecurityPolicy:
    """Give the tenant these settings; those that are not named stay. Effective at the next request.

    Raises ValidationError, keyed by field, when a value is out of bounds.
    """
    take_turns("accounts.policy")
    stored = SecurityPolicy.objects.first()
    before = stored or SecurityPolicy()
    policy = SecurityPolicy(**before.values() | dict(values))
    if stored:
        policy.id = stored.id
    policy.full_clean(exclude=["id"], validate_unique=False, validate_constraints=False)
    old, new = changed_values(before, policy)
    if not new:
        return before
    policy.save(force_insert=stored is None, force_update=stored is not None)
    record(POLICY_CHANGED, actor=actor, target=policy, before=old, after=new | {"preset": preset_of(policy)})
    if policy.history_generations < before.history_generations:
        prune_all(policy.history_generations - 1)
    return policy
