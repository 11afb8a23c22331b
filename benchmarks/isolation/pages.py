"""A page of the product over HTTP: gunicorn with the whole stack, once with the wall and once without its policies."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import monotonic, sleep
from uuid import UUID

import psutil
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.sessions import start_session
from benchmarks.isolation.dataset import Place
from benchmarks.measuring import Side, processor_time
from benchmarks.server import admin
from config.stack.description import LOOPBACK, free_ports
from tenants.isolation.transactions import tenant_transaction

_START_SECONDS = 60
_PROGRAM = (sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "--workers", "1")


@contextmanager
def servers(arms: tuple[str, ...], *, quiet: bool = False) -> Iterator[dict[str, "Server"]]:
    """A web server for each arm; `quiet` drops its log, a line for each request."""
    ports = dict(zip(arms, free_ports(len(arms)), strict=True))
    processes = {arm: _start(arm, port, quiet=quiet) for arm, port in ports.items()}
    try:
        for arm, process in processes.items():
            _wait_for(ports[arm], process)
        yield {arm: Server(arm, ports[arm], processes[arm].pid) for arm in arms}
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait()


@dataclass(frozen=True, slots=True)
class Server:
    """One web server and its share of the database server."""

    arm: str
    port: int
    process_id: int

    def side(self) -> Side:
        """Pages from this server, for a measurement."""
        return Side(Browser(self.port), self._processor_time)

    def _processor_time(self) -> float:
        web = psutil.Process(self.process_id).children()
        with admin() as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = %s", [_application(self.arm)]
            ).fetchall()
        return processor_time([*(process.pid for process in web), *(number for (number,) in rows)])


def _application(arm: str) -> str:
    return f"{settings.DATABASE}-{arm}"


def _start(arm: str, port: int, *, quiet: bool) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*_PROGRAM, "--bind", f"{LOOPBACK}:{port}", "--log-level", "warning", "config.wsgi"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"BENCH_ARM": arm, "PGAPPNAME": _application(arm), "DATABASE_CONN_MAX_AGE": "86400"}
        | {"PYTHONWARNINGS": "ignore:No directory at"},  # no files are collected here
        stderr=subprocess.DEVNULL if quiet else None,
    )


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = monotonic() + _START_SECONDS
    while True:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_START_SECONDS)
        try:
            connection.request("GET", reverse("login"))
            connection.getresponse().read()
        except ConnectionRefusedError:
            if process.poll() is not None or monotonic() > deadline:
                raise RuntimeError("The web server of the benchmark did not start.") from None
            sleep(0.05)
        else:
            return
        finally:
            connection.close()


class Browser:
    """Fetches the page of a folder with 50 documents, over one connection, wherever `log_in` was called before."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_START_SECONDS)

    def __call__(self, place: Place) -> bytes:
        """The page with the folder of that document. Raises RuntimeError when another one comes."""
        path = reverse("documents:folder", args=[place.folder_id])
        self._connection.request("GET", path, headers={"Cookie": log_in(place)})
        response = self._connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK or f"Folder {place.folder_number}<".encode() not in body:
            raise RuntimeError(f"The page is not the one that was asked for ({response.status}).")
        return body


def log_in(place: Place) -> str:
    """The cookie of a session in the tenant of that document."""
    return _session(place.tenant_id, place.user_id)


def forget_sessions() -> None:
    """Call this when the tables were filled anew."""
    _session.cache_clear()


@cache
def _session(tenant_id: UUID, user_id: UUID) -> str:
    with tenant_transaction(tenant_id):
        return f"{settings.SESSION_COOKIE_NAME}={start_session(User.objects.get(id=user_id))}"
