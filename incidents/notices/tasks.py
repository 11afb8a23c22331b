"""What the clock does for notices."""

from auditlog.actors import Actor
from incidents.notices import services
from tenants.isolation.tasks import platform_task


@platform_task
def publish_due() -> None:
    """Every minute: publish the notices whose hour has come."""
    services.publish_due(actor=Actor.system("notices.publish_due"))
