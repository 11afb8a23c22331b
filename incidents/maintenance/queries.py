"""Reads of maintenance, as the platform role (N6, N8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from incidents.maintenance.models import Maintenance, MaintenanceState
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25
# What companies know of, and what was not taken back.
_TOLD = (MaintenanceState.ANNOUNCED, MaintenanceState.UNDER_WAY, MaintenanceState.DONE)


@dataclass(frozen=True, slots=True, order=True)
class PlannedStop:
    """Between two moments a component may stand still, as was announced in time."""

    since: datetime
    until: datetime


def maintenance_between(start: datetime, end: datetime) -> list[Maintenance]:
    """What companies were told of and touches the time from `start` to before `end`; in order of its beginning."""
    with platform_transaction():
        told = Maintenance.objects.filter(state__in=_TOLD, begins_at__lt=end, ends_at__gt=start)
        return list(told.order_by("begins_at", "id"))


def planned_stops(component: str, start: datetime, end: datetime) -> list[PlannedStop]:
    """When the component was allowed to stand still within that time: merged, in order, without overlaps (N8).

    Only maintenance that was announced in time counts, up to the end that was announced then, and no longer than it
    really took. What was announced late, prolonged or cancelled was no planned stop.
    """
    with platform_transaction():
        told = Maintenance.objects.filter(
            state__in=_TOLD, components__contains=[component], short_notice_ja="", begins_at__lt=end
        )
        found = list(told.filter(promised_ends_at__gt=start).order_by("begins_at"))
    stops: list[PlannedStop] = []
    for one in found:
        since = max(start, one.begins_at, one.started_at or one.begins_at)
        until = min(end, one.promised_ends_at, one.ended_at or one.promised_ends_at)
        if since >= until:
            continue
        if stops and since <= stops[-1].until:
            since, until = stops[-1].since, max(until, stops.pop().until)
        stops.append(PlannedStop(since, until))
    return stops


def maintenance_page(*, number: Any = 1, show: str = "") -> Page[Maintenance]:
    """What is ahead or under way, soonest first; or `past`, newest first."""
    over = (MaintenanceState.DONE, MaintenanceState.CANCELLED)
    found = Maintenance.objects.all()
    if show == "past":
        found = found.filter(state__in=over).order_by("-begins_at", "-id")
    else:
        found = found.exclude(state__in=over).order_by("begins_at", "id")
    with platform_transaction():
        page: Page[Maintenance] = Paginator(found, _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_maintenance(maintenance_id: UUID) -> Maintenance | None:
    """One of them, in any state."""
    with platform_transaction():
        return Maintenance.objects.filter(id=maintenance_id).first()
