"""What nobody works on although somebody should: requests whose worker died, contents to be looked after (B6)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from backups.requests import bringing, queries
from backups.requests.models import QUEUED_STATES, RestoreKind, RestoreRequest, RestoreState
from backups.requests.working import SILENCE
from tenants.isolation.transactions import atomic, current_connection, platform_transaction

# A removal that was queued before files came back has run by then, even after some retries.
_SETTLED_AFTER = timedelta(minutes=30)
_LATE = """
SELECT tenant_id, id, kind FROM restore_requests_restorerequest
WHERE state = ANY(%s) AND ((kind = 'files' AND alive_at < %s) OR (kind = 'company' AND alive_at < %s))
"""
_UNSETTLED = """
SELECT tenant_id, id FROM restore_requests_restorerequest
WHERE state = %s AND kind = 'files' AND settled_at IS NULL AND finished_at < %s
"""


def late_requests() -> list[tuple[UUID, UUID, str]]:
    """Of all tenants: (tenant, request, kind) that wait or run and gave no sign of life for too long."""
    now = timezone.now()
    limits = [now - SILENCE[RestoreKind.FILES], now - SILENCE[RestoreKind.COMPANY]]
    return _asked(_LATE, [list(QUEUED_STATES), *limits])


def unsettled_requests() -> list[tuple[UUID, UUID]]:
    """Of all tenants: (tenant, request) whose files came back a while ago and were not looked after since."""
    return _asked(_UNSETTLED, [RestoreState.DONE, timezone.now() - _SETTLED_AFTER])


def settle(key: UUID) -> int:
    """Look after the contents of returned files once more; how many were missing. Run again, it finds nothing."""
    with atomic():
        request = queries.find_request(key)
        archive = queries.find_generation(request.archive_id) if request else None
    if request is None or request.settled_at is not None:
        return 0
    brought = bringing.look_after_contents(request, archive) if archive else 0
    note_settled(key)
    return brought


@atomic()
def note_settled(key: UUID) -> None:
    """The contents are there to stay."""
    RestoreRequest.objects.filter(id=key).update(settled_at=timezone.now())


def _asked(statement: str, params: list[Any]) -> list[Any]:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
