"""kill -9 between the confirmation and the commit repeats the batch with the same ids, and loses nothing (G2)."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.forwarding.conftest import destine, fresh, run
from tests.auditlog.forwarding.receivers import WebhookReceiver, answer
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.backups.processes import cut_off, kill, start, table_locked, wait_until_blocked
from tests.backups.processes import run as run_command
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
TABLE = "forwarding_destination"


@pytest.fixture(autouse=True)
def _loopback_of_processes(monkeypatch: pytest.MonkeyPatch, webhook: WebhookReceiver) -> None:
    monkeypatch.setenv("FORWARDING_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128")
    monkeypatch.setenv("FORWARDING_WEBHOOK_PORTS", str(webhook.port))


@pytest.fixture
def later() -> Iterator[ExitStack]:
    """What is to be let go at a later point."""
    with ExitStack() as stack:
        yield stack


def test_a_batch_of_a_killed_worker_comes_again(acme: Tenant, webhook: WebhookReceiver, later: ExitStack) -> None:
    """The receiver has confirmed, the position has not moved: the same batch, with the same id of its own."""
    destination, _secret = destine(acme, webhook.url)
    write(acme)
    wait_for_other_databases()

    def confirm_and_hold(handler: BaseHTTPRequestHandler) -> None:
        later.enter_context(table_locked(TABLE))  # the worker will wait here for its commit
        answer()(handler)

    webhook.plan = [confirm_and_hold]
    process = start("forwarding", "run")
    wait_until_blocked(TABLE, process)
    kill(process)
    cut_off(TABLE)  # or its session would get the lock for the moment in which it notices that nobody is there
    later.close()
    assert fresh(destination).delivered == 0
    assert run(destination) == 0  # the dead worker's claim has not run out yet
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert run(destination) == 2
    first, second = webhook.received
    assert second.events == first.events
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert fresh(destination).delivered == 2


def test_two_workers_do_not_send_the_same(acme: Tenant, webhook: WebhookReceiver, settings: LazySettings) -> None:
    """While one delivers, another finds the destination claimed."""
    settings.FORWARDING_SECONDS = 60  # a process takes its time to start
    destination, _secret = destine(acme, webhook.url)
    wait_for_other_databases()
    sent: list[int] = []

    def meanwhile(handler: BaseHTTPRequestHandler) -> None:
        result = run_command("forwarding", "run", "--json")
        sent.append(result.returncode)
        answer()(handler)

    webhook.plan = [meanwhile]
    assert run(destination) == 1
    assert (sent, len(webhook.received)) == ([0], 1)


def test_the_command_shows_health_and_no_address(acme: Tenant, webhook: WebhookReceiver) -> None:
    """For operators: company, kind, state; for machines as JSON."""
    assert "No company forwards" in run_command("forwarding", "show").stdout
    destine(acme, webhook.url)
    wait_for_other_databases()
    shown = run_command("forwarding", "run").stdout
    assert "ACME" in shown
    assert "active" in shown
    assert "localhost" not in run_command("forwarding", "show", "--json").stdout
    assert len(webhook.received) == 1
