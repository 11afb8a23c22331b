"""Jobs of the audit log."""

from auditlog import partitions
from tenants.isolation.tasks import platform_task


@platform_task
def make_partitions() -> int:
    """Make the partitions of the coming days (G5)."""
    return partitions.make_partitions()
