"""Reads of alarms and of the chats in which they are posted, as the platform role (N9)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from incidents.alarms.models import Alarm, AlarmChannel, AlarmDelivery
from tenants.isolation.transactions import platform_transaction


def channels() -> list[AlarmChannel]:
    """Every chat, by name."""
    with platform_transaction():
        return list(AlarmChannel.objects.order_by("name"))


def find_channel(channel_id: UUID) -> AlarmChannel | None:
    """The chat of that key."""
    with platform_transaction():
        return AlarmChannel.objects.filter(id=channel_id).first()


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one alarm has come: how many were told, still wait, or could not be told."""

    alarm: Alarm
    told: int = 0
    waiting: int = 0
    given_up: int = 0


def alarm_page(*, number: Any = 1, size: int = 25) -> Page[Alarm]:
    """One page of alarms, the newest first; `reaches` adds what became of them."""
    with platform_transaction():
        page = Paginator(Alarm.objects.order_by("-raised_at", "-id"), size).get_page(number)
        page.object_list = list(page.object_list)
    return page


def reaches(alarms: list[Alarm]) -> list[Reach]:
    """The same alarms with how far each has come."""
    told = Count("id", filter=Q(sent_at__isnull=False))
    waiting = Count("id", filter=Q(sent_at=None, given_up_at=None))
    given_up = Count("id", filter=Q(given_up_at__isnull=False))
    deliveries = AlarmDelivery.objects.filter(alarm_id__in=[alarm.id for alarm in alarms]).order_by()
    with platform_transaction():
        rows = deliveries.values_list("alarm_id").annotate(told=told, waiting=waiting, given_up=given_up)
        counted = {alarm_id: numbers for alarm_id, *numbers in rows}
    return [Reach(alarm, *counted.get(alarm.id, ())) for alarm in alarms]
