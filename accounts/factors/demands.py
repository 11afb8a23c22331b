"""Which roles demand a second factor (A5)."""

from accounts.actions import ROLE_CHANGED
from accounts.models import Role
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic


@atomic()
def demand_of_role(role: Role, *, required: bool, actor: Actor) -> None:
    """Let whoever has the role need a second factor, or not; built-in roles as well. From the next request on."""
    before, role.factor_required = role.factor_required, required
    if before == required:
        return
    role.save(update_fields=["factor_required"])
    record(
        ROLE_CHANGED,
        actor=actor,
        target=role,
        before={"name": role.recorded_name, "factor_required": before},
        after={"name": role.recorded_name, "factor_required": required},
    )
