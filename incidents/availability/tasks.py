"""Months that are over are written down, every night (N8)."""

from django.utils import timezone

from auditlog.actors import Actor
from incidents.availability import services
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope


@platform_task
def freeze_months() -> int:
    """Write down what is not written yet; returns how many months."""
    with provider_scope():
        return len(services.freeze_months(timezone.now(), actor=Actor.system("availability")))
