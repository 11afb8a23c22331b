"""Alarms to operators: raised with what they are about, told once, tried again until it works (N9)."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import ProgrammingError, connections, transaction
from django.utils import timezone

from accounts.menus import EDITOR, OPERATOR
from accounts.models import UserState
from auditlog.actors import Actor
from auditlog.queries import events
from incidents.alarms import channels, sending
from incidents.alarms.models import Alarm, AlarmChannel, AlarmDelivery
from incidents.alarms.services import raise_alarm
from incidents.alarms.tasks import deliver_alarms
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.forwarding.receivers import WebhookReceiver, answer
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CLOCK = Actor.system("clock")


def alarm(key: str = "deadline 1 50", **changed: Any) -> bool:
    """Raise one."""
    texts = {
        "menu": "operator.incidents",
        "subject_ja": "期限が近づいています",
        "subject_en": "A deadline comes near",
        "body_ja": "第一報の期限まで1時間です。",
        "body_en": "One hour is left for the first notice.",
        "link": "/operator/clocks/",
    }
    return raise_alarm(key, actor=CLOCK, **texts | changed)


def deliveries() -> list[AlarmDelivery]:
    """Who is told, as it stands."""
    with platform_transaction():
        return list(AlarmDelivery.objects.order_by("person_id"))


def test_each_operator_is_told_once_in_their_language(
    cast: Cast, provider: Tenant, chat: AlarmChannel, receiver: WebhookReceiver
) -> None:
    """N9: whoever has the menu by mail, the chat in its own language; a second alarm of the key is none."""
    make_person(provider, "aoi", OPERATOR, language="ja")
    make_person(provider, "eddy", EDITOR)
    make_person(provider, "sam", OPERATOR, state=UserState.SUSPENDED)
    with platform_transaction(), tenant_scope(provider.id):
        assert alarm()
        assert not alarm()
    deliver_alarms()
    told = {message.to[0]: (message.subject, message.body) for message in mail.outbox}
    assert sorted(told) == ["aoi@provider.example", "olga@provider.example"]
    assert len(mail.outbox) == 2
    subject, body = told["aoi@provider.example"]
    assert subject == "期限が近づいています"
    assert "第一報の期限まで1時間です。" in body
    assert "One hour is left" in told["olga@provider.example"][1]
    assert "/operator/clocks/" in body
    (posted,) = receiver.received
    assert json.loads(posted.body)["text"].startswith("*期限が近づいています*\n第一報の期限まで1時間です。\nhttp")
    with tenant_transaction(provider.id):
        raised = events().filter(action="incidents.alarm.raised")
        assert [(event.actor_user_id, (event.after or {})["key"]) for event in raised] == [("clock", "deadline 1 50")]


def test_a_company_may_raise_one_and_read_none(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """N9, T1: inside a company's transaction, as the app role; nobody sees it, nor can forge one."""
    with tenant_transaction(acme.id):
        assert alarm("inquiry 1")
        assert not alarm("inquiry 1")
    with tenant_transaction(globex.id):
        assert not alarm("inquiry 1")
        assert alarm("inquiry 2")
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id):
        Alarm.objects.count()
    with pytest.raises(ProgrammingError), tenant_transaction(acme.id):
        Alarm(key="forged", tenant_id=globex.id).save(force_insert=True)
    with platform_transaction():
        found = dict(Alarm.objects.values_list("key", "tenant_id"))
    assert found == {"inquiry 1": acme.id, "inquiry 2": globex.id}
    assert [message.to for message in mail.outbox] == [["olga@provider.example"]] * 2


def test_what_is_rolled_back_raises_no_alarm(cast: Cast, acme: Tenant) -> None:
    """N9: the alarm is part of its transaction."""
    with tenant_transaction(acme.id):
        alarm()
        transaction.set_rollback(True)
    deliver_alarms()
    assert mail.outbox == []
    assert alarm()  # without any transaction it opens its own
    assert len(mail.outbox) == 1


def test_a_chat_that_does_not_answer_is_tried_again(
    cast: Cast, provider: Tenant, chat: AlarmChannel, receiver: WebhookReceiver
) -> None:
    """N9: the failure is shown; people are told all the same, once; what does not work for a day is given up."""
    receiver.usual = answer(503)
    with time_machine.travel("2026-11-20T10:00:00+09:00", tick=False) as clock:
        alarm()
        for _again in range(2):
            deliver_alarms()
        assert len(receiver.received) == 1
        assert len(mail.outbox) == 1
        with platform_transaction():
            chat.refresh_from_db()
        assert (chat.health, chat.trouble, chat.trouble_detail[:3]) == ("failed", "status", "503")
        clock.shift(timedelta(minutes=3))
        receiver.usual = answer()
        deliver_alarms()
        with platform_transaction():
            chat.refresh_from_db()
        assert (len(receiver.received), chat.health, chat.trouble) == (2, "active", "")

        receiver.usual = answer(503)
        alarm("another")
        clock.shift(timedelta(hours=25))
        deliver_alarms()
        clock.shift(timedelta(hours=25))
        deliver_alarms()
        assert len(receiver.received) == 4
    assert [bool(one.given_up_at) for one in deliveries() if one.channel_id] == [False, True]
    assert len(mail.outbox) == 2


def test_who_dies_before_the_send_is_noted_loses_nothing(
    cast: Cast, provider: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N9: what a killed worker had taken comes again after two minutes, and what it had noted never."""

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with time_machine.travel("2026-11-20T10:00:00+09:00", tick=False) as clock:
        monkeypatch.setattr(sending, "_mail", killed)
        with pytest.raises(KeyboardInterrupt):
            alarm()
        monkeypatch.undo()
        assert [one.sent_at for one in deliveries()] == [None]
        deliver_alarms()
        assert mail.outbox == []
        clock.shift(timedelta(minutes=2, seconds=1))
        for _again in range(2):
            deliver_alarms()
        clock.shift(timedelta(days=2))
        deliver_alarms()
    assert len(mail.outbox) == 1


def test_the_address_is_sealed_and_a_test_says_what_came(
    cast: Cast, provider: Tenant, chat: AlarmChannel, receiver: WebhookReceiver
) -> None:
    """N9: whoever reads the database cannot post; one test in ten seconds."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT c::text FROM alarms_alarmchannel c")
        (row,) = cursor.fetchone()
    assert b"/audit".hex() not in row
    assert "localhost" in row
    with tenant_scope(provider.id):
        tested = channels.send_test(chat.id, actor=cast.operator.actor)
        assert (tested.ok, tested.answer.split()[0]) == (True, "200")
    assert "アラーム" in json.loads(receiver.received[0].body)["text"]
    with platform_transaction():
        chat.refresh_from_db()
    assert chat.posted_at is not None
    later = timezone.now() + timedelta(seconds=11)
    receiver.usual = answer(404)
    with time_machine.travel(later), tenant_scope(provider.id):
        tested = channels.send_test(chat.id, actor=cast.operator.actor)
    assert (tested.ok, tested.trouble) == (False, "status")
