"""The probes that the service runs itself (N9): each thing it needs is really used, for a moment."""

import logging
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic, time
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.mail import get_connection
from django.db import DEFAULT_DB_ALIAS, connections
from django.urls import reverse
from django.utils import timezone

from incidents.monitoring.asking import ask, certificate_end, days_left
from incidents.monitoring.catalogue import PROBES, Probe, ProbeState
from incidents.monitoring.ntp import NoTime, clock_offset
from incidents.monitoring.services import Sample
from tenants.isolation.context import tenant_scope
from vault.errors import ObjectExists
from vault.stores import ObjectStore, anchor_store, backup_store, document_store

logger = logging.getLogger(__name__)

# So long a look may take; what has not answered by then is out of order.
PATIENCE_SECONDS = 20.0
SLOW_PAGE_SECONDS, SLOW_SECONDS = 5.0, 1.0
# Days left: time to act, whoever renews the certificate.
CERTIFICATE_DAYS = 14
CLOCK_SECONDS = 1.0
_OBJECT, _CONTENT = "probes/inside", b"whether this store keeps what it is given"

Seen = tuple[ProbeState, float | None, str]
Question = Callable[[], Seen]


def look(now: datetime | None = None, *, only: Collection[str] = ()) -> list[Sample]:
    """Ask everything whose turn it is in this minute, or what is named, at once; never raises.

    What does not answer in time counts as out of order, and its thread is left to end by itself.
    """
    now = now or timezone.now()
    due = [
        probe for probe in PROBES if probe.code in QUESTIONS and (probe.code in only or (not only and _due(probe, now)))
    ]
    ends = monotonic() + PATIENCE_SECONDS
    pool = ThreadPoolExecutor(max(1, len(due)), thread_name_prefix="probe")
    asked = [(probe, pool.submit(_answer, QUESTIONS[probe.code])) for probe in due]
    pool.shutdown(wait=False)
    return [Sample(probe.code, state, now, value, detail) for probe, (state, value, detail) in _collected(asked, ends)]


def _due(probe: Probe, now: datetime) -> bool:
    minute = timedelta(minutes=1)
    return int(now.timestamp() // 60) % (probe.every // minute) == 0


def _collected(asked: list[tuple[Probe, "Future[Seen]"]], ends: float) -> list[tuple[Probe, Seen]]:
    found = []
    for probe, future in asked:
        try:
            found.append((probe, future.result(timeout=max(0.0, ends - monotonic()))))
        except TimeoutError:
            found.append((probe, (ProbeState.DOWN, None, f"no answer within {PATIENCE_SECONDS:.0f} s")))
    return found


def _answer(question: Question) -> Seen:
    try:
        return question()
    except Exception as error:
        logger.info("A probe failed", exc_info=True)
        return ProbeState.DOWN, None, f"{type(error).__name__}: {error}".splitlines()[0]
    finally:
        connections.close_all()  # of this thread, which ends


def _timed(deed: Callable[[], object], slow: float = SLOW_SECONDS) -> Seen:
    began = monotonic()
    deed()
    took = monotonic() - began
    return (ProbeState.DEGRADED if took > slow else ProbeState.UP), took, ""


def login_page() -> Seen:
    """The page that everybody sees first, by the way that people take."""
    public = urlsplit(settings.PUBLIC_URL)
    # Past the proxy the application hears the name that it goes by, and that the way was safe.
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    answer = ask(settings.MONITOR_URL, reverse("login"), headers=headers)
    if answer.status != 200:
        return ProbeState.DOWN, None, answer.error or f"HTTP {answer.status}"
    return (ProbeState.DEGRADED if answer.seconds > SLOW_PAGE_SECONDS else ProbeState.UP), answer.seconds, ""


def database() -> Seen:
    """A new connection, and one question."""
    return _timed(_database_time)


def broker() -> Seen:
    """The broker answers, and can write."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5, socket_timeout=5) as client:
        return _timed(lambda: client.set("sekisho:probe", "1", ex=60))


def store() -> Seen:
    """An object is written, read and removed."""
    return _timed(lambda: _write_and_read(document_store()))


def anchors() -> Seen:
    """The store answers. It may be one where nobody can remove what was written."""
    return _timed(lambda: anchor_store().exists(_OBJECT))


def backups() -> Seen:
    """The same of the store of backups."""
    return _timed(lambda: backup_store().exists(_OBJECT))


def mail_server() -> Seen:
    """A connection, with log-in where there is one; no mail is sent."""
    connection = get_connection(timeout=10)
    try:
        return _timed(connection.open, SLOW_PAGE_SECONDS)
    finally:
        connection.close()


def certificate() -> Seen:
    """Days until the certificate of the public address ends."""
    end = certificate_end(settings.PUBLIC_URL)
    if end is None:
        return ProbeState.UNKNOWN, None, "no https"
    return certificate_state(days_left(end, timezone.now()))


def certificate_state(days: float) -> Seen:
    """What so many days mean."""
    if days < 0:
        return ProbeState.DOWN, days, ""
    return (ProbeState.DEGRADED if days < CERTIFICATE_DAYS else ProbeState.UP), days, ""


def clock_database() -> Seen:
    """How far apart this clock and the database's are."""
    before = time()
    theirs = _database_time()
    return _clock(theirs - (before + time()) / 2)


def clock_ntp() -> Seen:
    """The same with a time server. One that is out of reach says nothing about our clock."""
    if not settings.NTP_SERVER:
        return ProbeState.UNKNOWN, None, "no time server is set"
    host, _colon, port = settings.NTP_SERVER.partition(":")
    try:
        return _clock(clock_offset(host, port=int(port or 123)))
    except NoTime as error:
        return ProbeState.UNKNOWN, None, str(error)


def _clock(offset: float) -> Seen:
    return (ProbeState.DEGRADED if abs(offset) > CLOCK_SECONDS else ProbeState.UP), offset, ""


def _database_time() -> float:
    with tenant_scope(None), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])


def _write_and_read(objects: ObjectStore) -> None:
    try:
        objects.put(_OBJECT, _CONTENT)
    except ObjectExists:  # whoever wrote it died before removing it
        objects.delete(_OBJECT)
        objects.put(_OBJECT, _CONTENT)
    with objects.open(_OBJECT) as reader:
        if reader.read() != _CONTENT:
            raise ValueError("the store gave back something else")
    objects.delete(_OBJECT)


QUESTIONS: dict[str, Question] = {
    "login_page": login_page,
    "database": database,
    "broker": broker,
    "store": store,
    "anchor_store": anchors,
    "backup_store": backups,
    "mail_server": mail_server,
    "certificate": certificate,
    "clock_database": clock_database,
    "clock_ntp": clock_ntp,
}
