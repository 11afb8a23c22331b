"""The promise to announce it in time, as a deadline of the clock: operators are warned as it runs out (N6)."""

from django.urls import reverse

from auditlog.actors import Actor
from incidents.clock.services import meet_deadline, start_deadline, withdraw_deadline
from incidents.maintenance.models import Maintenance
from incidents.maintenance.plan import latest_announcement

_KIND = "maintenance_announced"


def start(maintenance: Maintenance, *, actor: Actor) -> None:
    """From the plan on. What is planned too late is missed at once, and stays on record as that."""
    start_deadline(
        _KIND,
        about="maintenance",
        about_id=maintenance.id,
        started_at=maintenance.planned_at,
        due_at=latest_announcement(maintenance.begins_at),
        title_ja=f"メンテナンスの告知：{maintenance.title_ja}",
        title_en=f"Announcement of maintenance: {maintenance.title_en}",
        link=reverse("operator:maintenance", args=[maintenance.id]),
        actor=actor,
    )


def keep(maintenance: Maintenance, *, actor: Actor) -> None:
    """Companies are told."""
    meet_deadline(_KIND, about_id=maintenance.id, at=maintenance.announced_at, actor=actor)


def drop(maintenance: Maintenance, *, reason: str, actor: Actor) -> None:
    """There is nothing to announce any more, or not for that time."""
    withdraw_deadline(_KIND, about_id=maintenance.id, reason=reason, actor=actor)
