"""Jobs of the request log."""

from auditlog.requests import storing
from tenants.isolation.tasks import platform_task


@platform_task
def store_requests() -> int:
    """Store the requests of the last seconds (G6)."""
    return storing.store_waiting()


@platform_task
def turn_request_partitions() -> int:
    """Make the days ahead, and drop those that are older than 30 days (G6)."""
    return storing.turn_partitions()
