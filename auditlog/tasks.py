"""Jobs of the audit log."""

from celery import shared_task

from auditlog import partitions


@shared_task(platform=True)
def make_partitions() -> int:
    """Make the partitions of the coming days (G5)."""
    return partitions.make_partitions()
