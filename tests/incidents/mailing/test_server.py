"""Mails through a real mail server: refused ones, a server that is away, workers side by side, kill -9 (N1, N2)."""

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.conf import settings as configured
from django.db import connections
from django.utils import timezone

from accounts.menus import READER
from incidents.mailing import sending
from incidents.mailing.models import Audience, Delivery, DeliveryState, Mailing
from incidents.mailing.queries import deliveries_of, find_mailing, numbers_of
from incidents.mailing.services import Subscriber, send_refused_again, stop_mailing
from incidents.mailing.tasks import go_on
from tenants.isolation.context import platform_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.processes import environment
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from tests.incidents.mailing.conftest import ACTOR, Start
from tests.mailserver import TAKEN, MailServer

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def subscribers(count: int) -> list[Subscriber]:
    """So many addresses."""
    return [Subscriber(f"p{number}@public.example", "ja", f"/s/{number}") for number in range(count)]


def states(mailing: Mailing) -> dict[str, tuple[str, str, int]]:
    """State, error and attempts of each mail, by the name in its address."""
    found = [each.delivery for each in deliveries_of(mailing.about, mailing.about_id)]
    return {each.address.partition("@")[0]: (each.state, each.error, each.attempts) for each in found}


def now_of(mailing: Mailing) -> Mailing:
    """The mailing as it is now."""
    found = find_mailing(mailing.id)
    assert found is not None
    return found


def test_one_failing_address_does_not_stop_the_rest(provider: Tenant, server: MailServer, start: Start) -> None:
    """N1: what is refused for good is kept with its answer, what is refused for now comes again, the rest is sent."""
    answers = {"p1": "550 5.1.1 no such user", "p2": "450 4.2.1 greylisted", "p5": "452 4.2.2 full"}
    server.on_recipient = lambda address: answers.get(address.partition("@")[0], TAKEN)
    server.on_mail = lambda address: "554 5.7.1 spam" if address.startswith("p3") else TAKEN
    mailing = start(subscribers=[*subscribers(6), Subscriber("two\nlines@public.example", "ja", "/s/u")])

    assert len(server.sessions) == 1, "one connection for all"
    good, sent = (DeliveryState.SENT, "", 1), {"p0", "p4"}
    found = states(mailing)
    assert {name for name, each in found.items() if each == good} == sent
    assert found["p1"] == (DeliveryState.REFUSED, "550 5.1.1 no such user", 1)
    assert found["p3"] == (DeliveryState.REFUSED, "554 5.7.1 spam", 1)
    assert found["p2"] == (DeliveryState.QUEUED, "450 4.2.1 greylisted", 1)
    assert found["two\nlines"][0] == DeliveryState.REFUSED

    answers.pop("p2")
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=1), tick=True):
        go_on.delay()
    assert states(mailing)["p2"] == (DeliveryState.SENT, "", 2)
    assert states(mailing)["p5"] == (DeliveryState.QUEUED, "452 4.2.2 full", 2)
    assert now_of(mailing).finished_at is None

    Delivery.objects.using("platform").filter(address__startswith="p5").update(attempts=sending.MOST_ATTEMPTS - 1)
    with time_machine.travel(timezone.now() + timedelta(hours=4), tick=True):
        go_on.delay()
    assert states(mailing)["p5"][0] == DeliveryState.REFUSED
    assert now_of(mailing).finished_at is not None

    answers.clear()
    with tenant_transaction(provider.id):
        assert send_refused_again(mailing.id, actor=ACTOR) == 4
    assert states(mailing)["p1"] == good
    numbers = numbers_of(mailing.id)
    assert (numbers.sent, numbers.failed, numbers.total) == (5, 2, 7)


def test_a_server_that_is_away_loses_nothing(provider: Tenant, server: MailServer, start: Start) -> None:
    """N1: the mailing waits, longer each time, and goes on as soon as the server is back; nothing was tried in vain."""
    server.stop()
    mailing = start(subscribers=subscribers(3))
    waits, asked = [], timezone.now()
    for expected in (1, 2, 3):
        waiting = now_of(mailing)
        assert (waiting.failures, "refused" in waiting.trouble) == (expected, True)
        waits.append(waiting.next_try_at - asked)
        assert go_on.delay().get() == 0, "not before its time"
        asked = waiting.next_try_at + timedelta(seconds=1)
        with time_machine.travel(asked, tick=True):
            if expected == 3:
                server.start()
            go_on.delay()
    assert [round(wait.total_seconds() / 30) for wait in waits] == [1, 2, 4]
    assert set(states(mailing).values()) == {(DeliveryState.SENT, "", 1)}
    finished = now_of(mailing)
    assert (finished.failures, finished.trouble, finished.finished_at is None) == (0, "", False)


def test_a_server_that_closes_the_connection_is_asked_anew(server: MailServer, start: Start) -> None:
    """N1: a limit of mails for one connection costs a new connection, and no mail."""
    told: Counter[str] = Counter()

    def closing(address: str) -> str:
        told[address] += 1
        return "421 too many mails" if address.startswith("p2") and told[address] == 1 else TAKEN

    server.on_recipient = closing
    mailing = start(subscribers=subscribers(5))
    assert set(states(mailing).values()) == {(DeliveryState.SENT, "", 1)}
    assert len(server.sessions) == 2
    assert now_of(mailing).failures == 0


def test_what_is_stopped_is_not_sent(provider: Tenant, server: MailServer, start: Start) -> None:
    """N7: a mailing that was wrong ends where it is."""
    server.on_recipient = lambda _address: "450 later"
    mailing = start(subscribers=subscribers(2))
    server.on_recipient = lambda _address: TAKEN
    with tenant_transaction(provider.id):
        assert stop_mailing(mailing.id, actor=ACTOR)
        assert not stop_mailing(mailing.id, actor=ACTOR)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        go_on.delay()
    assert server.mails == []
    assert {state for state, _error, _attempts in states(mailing).values()} == {DeliveryState.SKIPPED}
    assert now_of(mailing).finished_at is not None


def test_workers_side_by_side(server: MailServer, start: Start, settings: LazySettings) -> None:
    """N1: each mail is in the hands of one, and no more work at once than may."""
    settings.MAIL_CONNECTIONS = 0
    mailing = start(subscribers=subscribers(160))
    settings.MAIL_CONNECTIONS = 3

    def work(_number: int) -> int:
        try:
            with platform_scope():
                return sending.send(mailing.id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        counts = list(workers.map(work, range(4)))
    assert sum(counts) == 160
    assert set(server.arrived().values()) == {1}
    assert len(server.mails) == 160


def test_kill_anywhere(acme: Tenant, server: MailServer, start: Start, settings: LazySettings) -> None:
    """N1: killed with a mail in hand, of which the server has taken it, another worker goes on; each address gets one
    Message-ID, and only the mail in hand comes twice."""
    settings.MAIL_CONNECTIONS = 0
    for number in range(12):
        make_person(acme, f"u{number}", READER)
    mailing = start(audience=Audience.EVERYBODY, tenant_ids=[acme.id])
    settings.MAIL_CONNECTIONS = 1
    victims: list[int] = []

    def killing(_address: str) -> str:
        if len(server.mails) == 5 and victims:
            os.kill(victims.pop(), signal.SIGKILL)
        return TAKEN

    server.on_mail = killing
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "mail", "send"],
        cwd=configured.BASE_DIR,
        env=environment() | {"SEKISHO_MODE": "local", "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"},
        stderr=subprocess.PIPE,
    )
    victims.append(worker.pid)
    _out, errors = worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL, errors
    assert len(server.mails) == 6
    assert numbers_of(mailing.id).sent == 5

    go_on.delay()
    assert len(server.mails) == 6, "its claim holds for a while"
    with time_machine.travel(timezone.now() + sending.lease() + timedelta(seconds=1), tick=True):
        go_on.delay()

    arrived = server.arrived()
    assert {address for address, _message_id in arrived} == {f"u{number}@acme.example" for number in range(12)}
    assert len(arrived) == 12, "one Message-ID for each"
    assert sorted(arrived.values()) == [1] * 11 + [2]
    assert numbers_of(mailing.id).sent == 12
    assert now_of(mailing).finished_at is not None
