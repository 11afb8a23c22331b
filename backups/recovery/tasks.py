"""The job that ends restores whose process died (B6)."""

from auditlog.actors import Actor
from backups.recovery.sweeping import sweep
from tenants.isolation.tasks import platform_task


@platform_task
def end_dead_restores() -> None:
    """Open companies again that a dead restore left closed, and remove what never came to be."""
    sweep(actor=Actor.system("backups"))
