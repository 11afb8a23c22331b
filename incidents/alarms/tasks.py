"""Jobs of alarms. When the broker was away as one was raised, the next minute finds it."""

from incidents.alarms import sending
from tenants.isolation.tasks import platform_task


@platform_task
def deliver_alarms() -> int:
    """Tell operators of what waits; how many mails and posts went out."""
    return sending.deliver_alarms()
