"""Jobs of the audit log."""

import logging

from auditlog import partitions
from auditlog.sealing import sealer
from auditlog.sealing.errors import SealerBusy
from tenants.isolation.tasks import platform_task
from tenants.queries import all_tenants

logger = logging.getLogger(__name__)


@platform_task
def make_partitions() -> int:
    """Make the partitions of the coming days (G5)."""
    return partitions.make_partitions()


@platform_task
def seal() -> None:
    """Seal what is new of every tenant's log, every minute (G7)."""
    try:
        sealer.seal([tenant.id for tenant in all_tenants()])
    except SealerBusy:
        logger.info("Another process is sealing the audit log; its head covers everything")


@platform_task
def forget_expired_leaves() -> int:
    """Remove the hashes of segments whose events have all expired (G5)."""
    return sealer.forget_expired_leaves()
