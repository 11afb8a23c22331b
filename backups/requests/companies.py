"""Restoring the whole company beside itself, as the restorer, which has the owner's rights (B6).

The new company's id is noted in the request before each attempt: whoever comes after a worker that was killed finds by
it that the company is there. That it is not is brought to an end by the journal of restores (`backups.recovery`), and
begins anew. So a request never makes two companies.
"""

from typing import Any

from auditlog.actors import Actor
from backups.locks import exclusive
from backups.models import Archive
from backups.progress import Progress, silent
from backups.recovery import journal
from backups.recovery.sweeping import sweep
from backups.requests import working
from backups.requests.actions import COMPANY_RESTORED
from backups.requests.models import RestoreRequest
from backups.restoring import restore_archive
from tenants.isolation.context import tenant_scope


def restore_beside(request: RestoreRequest, archive: Archive, *, actor: Actor, progress: Progress = silent) -> None:
    """Make the company that the request asks for, if it is not there yet; the request is done when this returns.

    In the old company's scope, with no transaction open. Raises RestoreRefused, ArchiveDamaged, RunningAlready,
    VaultError, DatabaseError, NoLongerOurs; nothing is left of a new company then.
    """
    result: dict[str, Any] = {"company_code": request.company_code}
    with tenant_scope(None):
        sweep(actor=actor)
    with exclusive(request.tenant_id, journal.LOCK):  # so whoever worked on it before is dead
        there = request.target_id is not None and journal.is_committed(request.target_id)
        if not there:
            request = working.note_target(request)
    if not there:
        with tenant_scope(None):
            restored = restore_archive(
                archive,
                company_code=request.company_code,
                tenant_id=request.target_id,
                actor=actor,
                progress=progress,
            )
        result |= {"rows": restored.rows, "files": restored.objects}
    result["tenant_id"] = str(request.target_id)
    working.finish(request, COMPANY_RESTORED, result, actor=actor)
