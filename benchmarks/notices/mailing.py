"""A notice to everybody: how long until the last one has it, and whether each has it once after kill -9 (N1, N2).

The workers are those of the product, Celery with the product's tasks; the mail server is aiosmtpd on the loopback
address, in a process of its own, which writes down each mail before it says that it took it.
"""

import multiprocessing
import os
import shutil
import signal
import smtplib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter, sleep
from typing import Any
from uuid import UUID

from celery.signals import worker_ready
from django.conf import settings
from django.db import connections

from auditlog.actors import Actor
from benchmarks.notices.crowd import fill
from benchmarks.notices.sink import Sink, sink
from benchmarks.reporting import Result
from benchmarks.server import admin
from config.celery import app
from config.stack.description import LOOPBACK
from incidents.mailing.models import Audience
from incidents.mailing.queries import find_mailing
from incidents.mailing.sending import lease
from incidents.mailing.services import start_mailing
from incidents.mailing.tasks import go_on
from tenants.isolation.transactions import platform_transaction
from tenants.queries import provider_scope

_BARE = 2_000
_fork = multiprocessing.get_context("fork")
_CONTEXT = {
    "body_ja": "下記の日程でメンテナンスを実施します。\n\n日時: 2026年12月5日 22:00から24:00まで\n影響: 全機能\n" * 3,
    "body_en": "Maintenance takes place as follows.\n\nWhen: 5 December 2026, 22:00 to 24:00 JST\nEffect: none.\n" * 3,
    "link": "/notices/7/",
}


def measure(options: Any) -> list[Result]:
    """Undisturbed, then killed in the middle; beside them a loop that does nothing but send."""
    settings.EMAIL_TIMEOUT = options.timeout
    app.conf.task_always_eager = False  # as it is in tests
    app.control.purge()  # what other benchmarks queued for nobody
    fill(companies=options.companies, people=options.people)
    with admin(settings.DATABASE) as connection:  # a mail that was noted must be noted, so the wait counts
        connection.execute(f'ALTER DATABASE "{settings.DATABASE}" SET synchronous_commit = on')
    expected = options.companies * options.people
    result = Result(
        f"{options.companies:,} companies, {expected:,} people",
        ("", "seconds", "mails/s", "reached", "Message-IDs", "copies"),
    )
    bare = _bare(min(expected, _BARE))
    result.add("bare smtplib, one connection", "", f"{bare:,.0f}", "", "", "", name="bare", rate=bare)
    rate = _add(result, "a mailing, undisturbed", expected, kill=False, minute=options.minute)
    _add(result, "a mailing, kill -9 in the middle", expected, kill=True, minute=options.minute)
    seconds = int(lease().total_seconds())
    result.notes += [
        f"{settings.MAIL_CONNECTIONS} connections of 2 worker processes; {rate / bare:.2f} of the bare rate.",
        f"After kill -9 what the dead had in hand waits until their claim runs out ({seconds} s) and the next minute.",
        "Goal: each reached, one Message-ID for each; copies at most as many as connections.",
    ]
    return [result]


def _add(result: Result, name: str, expected: int, *, kill: bool, minute: float) -> float:
    folder = Path(mkdtemp(prefix="sekisho-bench-"))
    try:
        with sink(folder / "mails") as server:
            seconds = _told(name, server, expected // 2 if kill else None, minute)
            arrived = server.arrived()
    finally:
        shutil.rmtree(folder)
    reached = {address for address, _message_id in arrived}
    copies = arrived.total() - len(arrived)
    right = len(reached) == len(arrived) == expected and copies <= settings.MAIL_CONNECTIONS
    result.add(
        name + ("" if right else ": NOT EXACTLY ONCE"),
        f"{seconds:.1f}",
        f"{expected / seconds:,.0f}",
        f"{len(reached):,}",
        f"{len(arrived):,}",
        str(copies),
        name=name,
        seconds=seconds,
        rate=expected / seconds,
        reached=len(reached),
        message_ids=len(arrived),
        copies=copies,
        expected=expected,
    )
    return expected / seconds


def _told(step: str, server: Sink, kill_at: int | None, minute: float) -> float:
    """Seconds from the start of the mailing to its end; the workers are killed once so many mails have arrived."""
    with _workers(server) as workers:
        started = perf_counter()
        with provider_scope(), platform_transaction():
            mailing = start_mailing(
                about="notice",
                about_id=7,
                step=step,
                subject_ja="メンテナンスのお知らせ",
                subject_en="Maintenance",
                template="incidents/mailing/mail/text.txt",
                context=_CONTEXT,
                audience=Audience.EVERYBODY,
                actor=Actor.system("benchmark"),
            )
        asked = perf_counter()
        while not _finished(mailing.id):
            sleep(0.05)
            if kill_at is not None and server.count() >= kill_at:
                workers.kill()
                workers.start()
                kill_at = None
            if perf_counter() - asked > minute:  # as the scheduler does
                asked = perf_counter()
                go_on.delay()
        return perf_counter() - started


def _finished(mailing_id: UUID) -> bool:
    mailing = find_mailing(mailing_id)
    return mailing is not None and mailing.finished_at is not None


class _Workers:
    """Celery with two processes, which can be killed. Forked, so that nobody waits for what is imported already."""

    def __init__(self, server: Sink) -> None:
        self._port = server.port
        self._process: Any = None

    def start(self) -> None:
        """Begin, and return when they take work."""
        connections.close_all()
        ready = _fork.Event()
        self._process = _fork.Process(target=_work, args=(self._port, ready))
        self._process.start()
        ready.wait()

    def kill(self) -> None:
        """kill -9 for all processes at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()


def _work(port: int, ready: Any) -> None:
    os.setsid()
    worker_ready.connect(lambda **_details: ready.set(), weak=False)
    warnings.simplefilter("ignore")  # of Celery, about being root in a container
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, port
    alone = ["--without-gossip", "--without-mingle"]
    app.worker_main(["--quiet", "worker", "--concurrency", "2", "--loglevel", "error", *alone])


@contextmanager
def _workers(server: Sink) -> Iterator[_Workers]:
    workers = _Workers(server)
    workers.start()
    try:
        yield workers
    finally:
        workers.kill()


def _bare(count: int) -> float:
    """Mails a second of a loop over one connection that composes nothing and writes nothing down."""
    folder = Path(mkdtemp(prefix="sekisho-bench-"))
    body = f"Subject: Maintenance\r\nMessage-ID: <{{}}@bare>\r\n\r\n{_CONTEXT['body_en']}".replace("\n", "\r\n")
    try:
        with sink(folder / "mails") as server, smtplib.SMTP(LOOPBACK, server.port) as connection:
            connection.ehlo()
            started = perf_counter()
            for number in range(count):
                connection.sendmail("from@bare.example", [f"u{number}@bare.example"], body.format(number))
            return count / (perf_counter() - started)
    finally:
        shutil.rmtree(folder)
