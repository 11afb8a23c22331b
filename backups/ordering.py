"""Backups and verifications that somebody asks for, besides those of the night (B1, B5)."""

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import Target, record
from backups.actions import BACKUP_ORDERED, VERIFICATION_ORDERED
from backups.models import Archive
from tenants.isolation.context import require_tenant_id
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant


@atomic()
def order_backup(*, actor: Actor) -> None:
    """Have a backup of the tenant in scope made and verified as soon as a worker is free."""
    target = Target("tenants.tenant", str(require_tenant_id()), str(current_tenant()))
    record(BACKUP_ORDERED, actor=actor, target=target)
    queue_on_commit("backups.tasks.back_up_now", timezone.now().isoformat())


@atomic()
def order_verification(archive: Archive, *, actor: Actor) -> None:
    """Have an archive of the tenant in scope read in full as soon as a worker is free."""
    record(VERIFICATION_ORDERED, actor=actor, target=archive)
    queue_on_commit("backups.tasks.verify_now", str(archive.id))
