"""The chats in which alarms are posted: add, change, switch off and on, test, remove (N9). As the platform role."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.forwarding.destinations import Tested, checked_authorities
from auditlog.forwarding.trouble import DeliveryFailed
from auditlog.services import record
from config.outbound import AddressRefused, https_endpoint
from incidents.alarms import actions
from incidents.alarms.chat import post_text, seal_address
from incidents.alarms.models import AlarmChannel
from tenants.isolation.transactions import platform_transaction

TEST_PAUSE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody entered for a chat. No `address` keeps the present one."""

    name: str
    language: str
    address: str = ""
    authorities: str = ""


def add_channel(wanted: Wanted, *, actor: Actor) -> AlarmChannel:
    """Add a chat; it gets the next alarm. Raises ValidationError, keyed by field."""
    channel = AlarmChannel()
    with platform_transaction():
        _fill(channel, wanted)
        channel.save(force_insert=True)
        record(actions.CHANNEL_ADDED, actor=actor, target=channel, after=_summary(channel))
    return channel


def change_channel(channel_id: UUID, wanted: Wanted, *, actor: Actor) -> AlarmChannel:
    """Change it. Raises ValidationError, keyed by field."""
    with platform_transaction():
        channel = _locked(channel_id)
        before = _summary(channel)
        _fill(channel, wanted)
        channel.save()
        after = _summary(channel) | ({"address": _("changed")} if wanted.address else {})
        record(actions.CHANNEL_CHANGED, actor=actor, target=channel, before=before, after=after)
    return channel


def switch_channel(channel_id: UUID, *, on: bool, actor: Actor) -> AlarmChannel:
    """Post there from now on, or no more."""
    with platform_transaction():
        channel = _locked(channel_id)
        channel.active = on
        channel.failing_since, channel.trouble, channel.trouble_detail = None, "", ""
        channel.save()
        record(actions.CHANNEL_CHANGED, actor=actor, target=channel, before={"on": not on}, after={"on": on})
    return channel


def remove_channel(channel_id: UUID, *, actor: Actor) -> None:
    """Forget it and its address."""
    with platform_transaction():
        channel = _locked(channel_id)
        record(actions.CHANNEL_REMOVED, actor=actor, target=channel, before=_summary(channel))
        channel.delete()


def send_test(channel_id: UUID, *, actor: Actor) -> Tested:
    """Post a test and say what came of it. Call it with no transaction open.

    Raises ValidationError within seconds of the last one: the page must not serve to throw packets at somebody.
    """
    channel = _begin_test(channel_id)
    try:
        with translation.override(channel.language):
            text = _("This is a test by %(product)s. Alarms will be posted here.") % {"product": settings.PRODUCT_NAME}
        tested = Tested(ok=True, answer=post_text(channel, text))
    except DeliveryFailed as failure:
        tested = Tested(ok=False, answer=" ".join((failure.detail, failure.answer)).strip(), trouble=failure.trouble)
    _note(channel, tested, actor=actor)
    return tested


def _begin_test(channel_id: UUID) -> AlarmChannel:
    with platform_transaction():
        channel, now = _locked(channel_id), timezone.now()
        if channel.tested_at and channel.tested_at > now - TEST_PAUSE:
            raise ValidationError(_("A test was sent just now. Wait some seconds."), code="too_soon")
        channel.tested_at = now
        channel.save(update_fields=["tested_at"])
    return channel


def _note(channel: AlarmChannel, tested: Tested, *, actor: Actor) -> None:
    """What came of a test also says how the chat does."""
    now = timezone.now()
    outcome = Outcome.SUCCESS if tested.ok else Outcome.FAILURE
    with platform_transaction():
        found = AlarmChannel.objects.filter(id=channel.id)
        if tested.ok:
            found.update(posted_at=now, failing_since=None, trouble="", trouble_detail="")
        else:
            found.update(trouble=tested.trouble, trouble_detail=tested.answer[:200])
            found.filter(failing_since=None).update(failing_since=now)
        record(actions.CHANNEL_TESTED, actor=actor, target=channel, outcome=outcome)


def _locked(channel_id: UUID) -> AlarmChannel:
    channel = AlarmChannel.objects.select_for_update().filter(id=channel_id).first()
    if channel is None:
        raise ValidationError(_("This chat is not there any more."), code="gone")
    return channel


def _fill(channel: AlarmChannel, wanted: Wanted) -> None:
    """Put checked values in. Raises ValidationError."""
    channel.name, channel.language = wanted.name.strip(), wanted.language
    channel.authorities = checked_authorities(wanted.authorities)
    if AlarmChannel.objects.filter(name=channel.name).exclude(id=channel.id).exists():
        raise ValidationError({"name": _("Another chat has this name.")}, code="unique")
    if wanted.address or not channel.host:
        try:
            channel.host = https_endpoint(wanted.address.strip(), settings.ALARM_WEBHOOK_PORTS).host
        except AddressRefused as error:
            ports = ", ".join(map(str, settings.ALARM_WEBHOOK_PORTS))
            text = _("Copy the address of the incoming webhook. It begins with https. Allowed ports: %(ports)s.")
            raise ValidationError({"address": text % {"ports": ports}}, code="address") from error
        seal_address(channel, wanted.address.strip())


def _summary(channel: AlarmChannel) -> dict[str, Any]:
    """The settings as the audit log shows them; the address is a secret."""
    return {"name": channel.name, "host": channel.host, "language": channel.language, "on": channel.active}
