"""What a dead worker may have left: imports that wait, invitations that nobody has queued, lists that nobody wants."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.people.actions import IMPORT_DISCARDED
from accounts.people.models import ImportState, InvitationDue, UserImport
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic, current_connection, platform_transaction

_BATCH = 200
_UNWANTED_AFTER = timedelta(days=1)
_LATE = """
SELECT tenant_id, id FROM people_userimport WHERE state = %s
  AND queued_at BETWEEN now() - interval '1 day' AND now() - interval '5 minutes'
UNION ALL
SELECT DISTINCT tenant_id, NULL::uuid FROM people_invitationdue
"""


def late_work() -> list[tuple[UUID, UUID | None]]:
    """Of all tenants: (tenant, import that should have been done by now), or (tenant, None) for invitations."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_LATE, [ImportState.QUEUED])
        return [(tenant, key) for tenant, key in cursor.fetchall()]


@atomic()
def hand_over_invitations(hand_over: Callable[[str, str], object]) -> bool:
    """Give the next due invitations away, by user and inviter; returns whether there may be more.

    They are no longer due once this is committed, so a crash in between sends one twice rather than never; the newer
    link voids the older one.
    """
    due = list(InvitationDue.objects.select_for_update(skip_locked=True).order_by("id")[:_BATCH])
    for row in due:
        hand_over(str(row.user_id), row.invited_by)
    InvitationDue.objects.filter(id__in=[row.id for row in due]).delete()
    return len(due) == _BATCH


@atomic()
def clear_away(*, actor: Actor) -> int:
    """Delete lists that nobody imported within a day."""
    now = timezone.now()
    unwanted = UserImport.objects.exclude(state=ImportState.DONE).filter(uploaded_at__lt=now - _UNWANTED_AFTER)
    count = 0
    for row in unwanted.defer("content", "problems"):
        record(IMPORT_DISCARDED, actor=actor, target=row, before={"sha256": row.sha256, "state": row.state})
        row.delete()
        count += 1
    return count
