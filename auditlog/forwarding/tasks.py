"""Jobs of forwarding."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.forwarding import queries, sending
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import platform_task


@platform_task
def forward_due() -> int:
    """Queue every destination that is due; returns how many."""
    due = queries.due(timezone.now())
    for tenant_id, key in due:
        with tenant_scope(tenant_id):
            forward_to.delay(str(key))
    return len(due)


@shared_task
def forward_to(key: str) -> int:
    """Send to one destination. Two of these for the same one do not meet: the second finds it claimed."""
    return sending.forward(UUID(key), actor=Actor.system("audit forwarding"))
