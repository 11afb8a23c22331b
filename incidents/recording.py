"""Every step of an incident stands in the provider's audit log, whoever took it and from wherever (G1, G10)."""

from typing import Any

from django.db import models

from accounts.staff.records import as_operator
from auditlog import services
from auditlog.actions import Action
from auditlog.actors import Actor
from incidents import public
from incidents.models import Incident
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company


def record(
    action: Action,
    target: models.Model,
    *,
    actor: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one event into the provider's log, in the open transaction of the platform role."""
    provider = provider_company()
    if provider is not None:
        with tenant_scope(provider.tenant_id):
            services.record(action, actor=as_operator(actor), target=target, before=before, after=after)
            if isinstance(target, Incident) and target.public and target.published_at is not None:
                public.note_change()
