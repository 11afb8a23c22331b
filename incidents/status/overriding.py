"""States of components that operators set by hand, where measuring does not see what people do (N1)."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from incidents.status import actions
from incidents.status.models import ComponentOverride
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import platform_transaction

RENDER = "incidents.status.tasks.render_status_page"


def set_state(*, component: str, state: str, reason: str, ends_at: datetime, actor: Actor) -> ComponentOverride:
    """Show that state until then, whatever is measured; it ends an earlier one. Raises ValidationError.

    The reason is for the provider's own record and is not published.
    """
    now = timezone.now()
    if ends_at <= now:
        raise ValidationError({"ends_at": _("This moment is over already.")})
    with platform_transaction():
        _end(component, now)
        override = ComponentOverride.objects.create(
            component=component,
            state=state,
            reason=reason,
            begins_at=now,
            ends_at=ends_at,
            set_by_name=actor.name or actor.user_id,
        )
        after = {"component": component, "state": state, "reason": reason, "ends_at": ends_at.isoformat()}
        record(actions.STATE_SET, actor=actor, target=override, after=after)
        queue_on_commit(RENDER)
    return override


def free_state(override_id: UUID, *, actor: Actor) -> bool:
    """Show again what is measured; False when it has ended already."""
    now = timezone.now()
    with platform_transaction():
        override = ComponentOverride.objects.select_for_update().filter(id=override_id, ends_at__gt=now).first()
        if override is None:
            return False
        override.ends_at = now
        override.save(update_fields=["ends_at"])
        record(actions.STATE_FREED, actor=actor, target=override, before={"state": override.state})
        queue_on_commit(RENDER)
    return True


def _end(component: str, now: datetime) -> None:
    ComponentOverride.objects.filter(component=component, ends_at__gt=now).update(ends_at=now)
