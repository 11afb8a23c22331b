"""Jobs of the promise clock."""

from auditlog.actors import Actor
from incidents.clock import escalating
from tenants.isolation.tasks import platform_task


@platform_task
def escalate_deadlines() -> int:
    """Tell operators of deadlines that run out, and record those that were missed; how many moved."""
    return escalating.escalate(actor=Actor.system("promise clock"))
