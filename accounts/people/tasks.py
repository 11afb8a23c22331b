"""Jobs of imports."""

from functools import partial
from uuid import UUID

from celery import shared_task

from accounts import queries
from accounts.people import importing, outstanding
from accounts.people.progress import note_progress
from accounts.tasks import send_invitation
from auditlog.actors import Actor
from tenants import limits
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import open_tenants

_PART = "user import"


@shared_task
def import_users(key: str) -> bool:
    """Carry out a queued import, once however often this job comes; returns whether it did anything."""
    with atomic():
        row = importing.claim(UUID(key))
        if row is None:
            return False
        user = queries.still_entitled(row.queued_by_id, "console.users")
        if user is None:
            importing.refuse(row, importing.right_lost(), actor=Actor.system(_PART))
            return False
        return limits.import_users(row, progress=partial(note_progress, row.id), actor=user.as_actor())


@shared_task
def send_due_invitations() -> None:
    """Queue the mails to imported users, in portions."""
    if outstanding.hand_over_invitations(send_invitation.delay):
        send_due_invitations.delay()


@platform_task
def catch_up() -> int:
    """Queue again what a worker that died has left; returns how much."""
    late = outstanding.late_work()
    for tenant_id, key in late:
        with tenant_scope(tenant_id):
            if key is None:
                send_due_invitations.delay()
            else:
                import_users.delay(str(key))
    return len(late)


@platform_task
def clear_away() -> None:
    """Queue, for every open tenant, the removal of lists and notes whose time is over."""
    for tenant in open_tenants():
        with tenant_scope(tenant.id):
            clear_away_of_tenant.delay()


@shared_task
def clear_away_of_tenant() -> int:
    """Delete what is over in one tenant."""
    return outstanding.clear_away(actor=Actor.system(_PART))
