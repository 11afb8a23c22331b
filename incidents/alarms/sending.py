"""Telling people of alarms: each person and each chat once, and again until it has worked (N9).

Whoever sends takes one delivery for a while, sends with no transaction open, and writes down what came of it. Who is
killed in between has told at most one person twice, and nobody never: when the while is over, another one tries again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.menus import BY_CODE
from accounts.models import User
from accounts.queries import active_holders_of, find_user
from auditlog.forwarding.backoff import wait_after
from auditlog.forwarding.trouble import DeliveryFailed, Trouble
from incidents.alarms.chat import post_text
from incidents.alarms.models import GIVEN_UP_AFTER, Alarm, AlarmChannel, AlarmDelivery
from tenants.isolation.context import platform_scope
from tenants.isolation.transactions import atomic, platform_transaction
from tenants.queries import provider_scope

# Longer than any mail and any post takes: for so long nobody else tries the same delivery.
_TAKEN = timedelta(minutes=2)


def deliver_alarms() -> int:
    """Tell of all alarms that wait; how many mails and posts went out. Several workers may do so at once."""
    for alarm_id, menu in _unaddressed():
        _address(alarm_id, _holders(menu))
    sent = 0
    while (taken := _take()) is not None:
        delivery, alarm = taken
        try:
            _send(delivery, alarm)
        except DeliveryFailed as failure:
            _failed(delivery, failure)
        else:
            _sent(delivery)
            sent += 1
    return sent


def _unaddressed() -> list[tuple[UUID, str]]:
    with platform_transaction():
        return list(Alarm.objects.filter(addressed_at=None).order_by("raised_at").values_list("id", "menu"))


def _holders(menu: str) -> list[User]:
    with provider_scope(), platform_scope(False), atomic():
        return list(active_holders_of(menu))


def _address(alarm_id: UUID, people: Iterable[User]) -> None:
    """Write down whom an alarm goes to."""
    with platform_transaction():
        alarm = Alarm.objects.select_for_update().get(id=alarm_id)
        if alarm.addressed_at is not None:
            return
        channels = AlarmChannel.objects.filter(active=True)
        AlarmDelivery.objects.bulk_create(
            [AlarmDelivery(alarm_id=alarm.id, raised_at=alarm.raised_at, person_id=person.id) for person in people]
            + [AlarmDelivery(alarm_id=alarm.id, raised_at=alarm.raised_at, channel_id=each.id) for each in channels],
            ignore_conflicts=True,
        )
        alarm.addressed_at = timezone.now()
        alarm.save(update_fields=["addressed_at"])


def _take() -> tuple[AlarmDelivery, Alarm] | None:
    """The delivery that has waited longest, for this worker alone for a while."""
    now = timezone.now()
    with platform_transaction():
        waiting = AlarmDelivery.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=now)
        delivery = waiting.order_by("next_try_at", "id").select_for_update(skip_locked=True).first()
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.next_try_at = now + max(_TAKEN, wait_after(delivery.attempts))
        delivery.save(update_fields=["attempts", "next_try_at"])
        return delivery, Alarm.objects.get(id=delivery.alarm_id)


def _send(delivery: AlarmDelivery, alarm: Alarm) -> None:
    """Raises DeliveryFailed."""
    if delivery.person_id is None:
        _post(delivery, alarm)
        return
    with provider_scope(), platform_scope(False), atomic():
        person = find_user(delivery.person_id)
        if person is None or not person.is_active:
            return  # who has left is not told, and that is the end of it
    try:
        _mail(person, alarm)
    except OSError as error:
        raise DeliveryFailed(Trouble.UNREACHABLE, type(error).__name__) from error


def _mail(person: User, alarm: Alarm) -> None:
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        context = {
            "person": person,
            "alarm": alarm,
            "menu": BY_CODE[alarm.menu].label,
            "link": settings.PUBLIC_URL + alarm.link,
        }
        message = render_to_string("incidents/alarms/mail.txt", context)
        send_mail(subject=alarm.subject, message=message, from_email=None, recipient_list=[person.email])


def _post(delivery: AlarmDelivery, alarm: Alarm) -> None:
    with platform_transaction():
        channel = _channels(delivery).filter(active=True).first()
    if channel is None:
        return  # removed or switched off since
    with translation.override(channel.language):
        text = f"*{alarm.subject}*\n{alarm.body}\n{settings.PUBLIC_URL}{alarm.link}"
    post_text(channel, text)


def _channels(delivery: AlarmDelivery) -> QuerySet[AlarmChannel]:
    """The chat that it goes to; none for a mail."""
    chats = AlarmChannel.objects.all()
    return chats.none() if delivery.channel_id is None else chats.filter(id=delivery.channel_id)


def _sent(delivery: AlarmDelivery) -> None:
    now = timezone.now()
    with platform_transaction():
        delivery.sent_at, delivery.trouble, delivery.trouble_detail = now, "", ""
        delivery.save(update_fields=["sent_at", "trouble", "trouble_detail"])
        _channels(delivery).update(posted_at=now, failing_since=None, trouble="", trouble_detail="")


def _failed(delivery: AlarmDelivery, failure: DeliveryFailed) -> None:
    now = timezone.now()
    with platform_transaction():
        delivery.trouble, delivery.trouble_detail = failure.trouble, failure.detail
        delivery.given_up_at = now if _is_hopeless(delivery, now) else None
        delivery.save(update_fields=["trouble", "trouble_detail", "given_up_at"])
        _channels(delivery).update(trouble=failure.trouble, trouble_detail=failure.detail)
        _channels(delivery).filter(failing_since=None).update(failing_since=now)


def _is_hopeless(delivery: AlarmDelivery, now: datetime) -> bool:
    return now - delivery.raised_at > GIVEN_UP_AFTER
