"""What the clock does for incidents, every minute (N1)."""

from auditlog.actors import Actor
from incidents.byclock import publish_due
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope


@platform_task
def publish_neutral_notices() -> None:
    """Publish neutral first notices where the deadline is near, if that is switched on."""
    with provider_scope():
        publish_due(actor=Actor.system("clock"))
