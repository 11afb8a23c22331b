"""What comes due by itself: orders whose worker died, files whose days are over (G2). All of it may run twice."""

import logging
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.exports import objects
from auditlog.exports.actions import EXPORT_REMOVED
from auditlog.exports.making import SILENCE
from auditlog.exports.models import OPEN_STATES, ROW_DAYS, AuditExport, ExportState
from auditlog.services import record
from tenants.isolation.keeping import not_held
from tenants.isolation.transactions import atomic, current_connection, platform_transaction
from vault.errors import ObjectRetained

logger = logging.getLogger(__name__)

_LATE = "SELECT tenant_id, id FROM exports_auditexport WHERE state = ANY(%s) AND alive_at < %s"
_OVER = """
SELECT DISTINCT tenant_id FROM exports_auditexport
WHERE (state = %s AND expires_at <= %s) OR (requested_at < %s AND state <> ALL(%s))
"""
_ORPHAN_AGE = timedelta(hours=24)  # a file is stored before its row says so, but never so long before


def late_orders() -> list[tuple[UUID, UUID]]:
    """Of all tenants: (tenant, order) that nobody works on although somebody should."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_LATE, [list(OPEN_STATES), timezone.now() - SILENCE])
        return list(cursor.fetchall())


def tenants_with_old_exports() -> list[UUID]:
    """The tenants that have files or orders whose time is over."""
    now = timezone.now()
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_OVER, [ExportState.READY, now, now - timedelta(days=ROW_DAYS), list(OPEN_STATES)])
        return [tenant for (tenant,) in cursor.fetchall()]


def clear_away(*, actor: Actor) -> int:
    """Remove the tenant's files whose days are over, then old orders; returns how many files. No transaction is open.

    The file goes first: whoever dies in between finds it gone the next time, and goes on.
    """
    now, removed = timezone.now(), 0
    with atomic():
        over = list(not_held(AuditExport.objects.filter(state=ExportState.READY, expires_at__lte=now)))
    for row in over:
        try:
            objects.remove_file(row.run)
        except ObjectRetained:
            logger.warning("The store keeps the file of export %s although its days are over", row.id)
        removed += _note_removed(row, actor=actor)
    forget_old()
    return removed


@atomic()
def forget_old() -> int:
    """Delete the orders of a month ago; the audit log still knows them."""
    old = AuditExport.objects.filter(requested_at__lt=timezone.now() - timedelta(days=ROW_DAYS))
    return not_held(old.exclude(state__in=(*OPEN_STATES, ExportState.READY))).delete()[0]


def remove_orphans() -> int:
    """Remove files of the tenant that no order knows: a worker died between storing one and saying so."""
    limit = timezone.now() - _ORPHAN_AGE
    old = {name for name, modified in objects.stored_files() if modified < limit}
    if not old:
        return 0
    with atomic():
        ready = AuditExport.objects.filter(run__in=old, state=ExportState.READY)
        known = set(map(str, ready.values_list("run", flat=True)))
    for name in old - known:
        objects.remove_file(name)
    return len(old - known)


@atomic()
def _note_removed(row: AuditExport, *, actor: Actor) -> bool:
    current = AuditExport.objects.select_for_update().filter(id=row.id, state=ExportState.READY).first()
    if current is None:
        return False
    current.state = ExportState.REMOVED
    current.save(update_fields=["state"])
    record(EXPORT_REMOVED, actor=actor, target=row, before={"sha256": row.sha256, "size": row.size})
    return True
