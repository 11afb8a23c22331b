"""Restoring the whole company beside itself, as the restorer, which has the owner's rights (B6).

The new company's id belongs to the request from the first attempt on: whoever comes after a worker that was killed
finds by it that the company is there, or that it is not and what was left of the attempt. So a request never makes two.
"""

from typing import Any

from django.utils.translation import gettext as _

from auditlog.actors import Actor
from backups.errors import RestoreRefused
from backups.locks import exclusive
from backups.models import Archive
from backups.progress import Progress, silent
from backups.requests import working
from backups.requests.actions import COMPANY_RESTORED
from backups.requests.models import RestoreRequest
from backups.restoring import remove_traces, restore_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company
from tenants.isolation.models import new_id
from tenants.isolation.transactions import atomic


def restore_beside(request: RestoreRequest, archive: Archive, *, actor: Actor, progress: Progress = silent) -> None:
    """Make the company that the request asks for, if it is not there yet; the request is done when this returns.

    In the old company's scope, with no transaction open. Raises RestoreRefused, ArchiveDamaged, RunningAlready,
    VaultError, DatabaseError, NoLongerOurs; nothing is left of a new company then.
    """
    request = with_target(request)
    if request.target_id is None:
        raise RestoreRefused(_("The request names no company."))
    result: dict[str, Any] = {"company_code": request.company_code, "tenant_id": str(request.target_id)}
    with exclusive(request.tenant_id):  # so whoever worked on it before is dead
        there = _is_there(request)
        if not there:
            remove_traces(request.target_id)
    if not there:
        restored = restore_archive(
            archive,
            company_code=request.company_code,
            tenant_id=request.target_id,
            actor=actor,
            progress=progress,
        )
        result |= {"rows": restored.rows, "files": restored.objects}
    working.finish(request, COMPANY_RESTORED, result, actor=actor)


@atomic()
def with_target(request: RestoreRequest) -> RestoreRequest:
    """The request with the id of the company to be, which it keeps."""
    current = working.still_ours(request)
    if current.target_id is None:
        current.target_id = new_id()
        current.save(update_fields=["target_id"])
    return current


def _is_there(request: RestoreRequest) -> bool:
    with tenant_scope(request.target_id):
        return current_company() is not None
