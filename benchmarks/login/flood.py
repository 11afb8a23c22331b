"""Ten clients that log in wrongly without a pause, and a page that somebody else looks at meanwhile."""

import http.client
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from time import monotonic, sleep
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from benchmarks.login.people import Someone
from config.stack.description import LOOPBACK, free_ports

_START_SECONDS = 60
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@contextmanager
def server() -> Iterator[int]:
    """One process of the web server as it is configured, and its port."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "--workers", "1"),
            *("--bind", f"{LOOPBACK}:{port}", "--log-level", "critical", "config.wsgi"),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PYTHONWARNINGS": "ignore:No directory at"},  # no files are collected here
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = monotonic() + _START_SECONDS
        while not _answers(port):
            if process.poll() is not None or monotonic() > deadline:
                raise RuntimeError("The web server of the benchmark did not start.")
            sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        http.client.HTTPConnection(LOOPBACK, port, timeout=_START_SECONDS).request("GET", reverse("healthz"))
    except ConnectionRefusedError:
        return False
    return True


class Page:
    """The start page of somebody who is logged in; over a fresh connection each time, as of many people."""

    def __init__(self, port: int, someone: Someone) -> None:
        self._port = port
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={someone.session()}"}

    def __call__(self) -> None:
        """Fetch it."""
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=_START_SECONDS)
        connection.request("GET", reverse("home"), headers=self._headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"The page is not there ({response.status}).")


def flood(port: int, clients: int, stop: threading.Event) -> tuple[Counter[int], list[threading.Thread]]:
    """Start the clients; returns what they are answered, by status, and their threads."""
    answers: Counter[int] = Counter()
    threads = [threading.Thread(target=_knock, args=(port, number, stop, answers)) for number in range(clients)]
    for thread in threads:
        thread.start()
    return answers, threads


def _knock(port: int, number: int, stop: threading.Event, answers: Counter[int]) -> None:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_START_SECONDS)
    connection.request("GET", reverse("login"))
    response = connection.getresponse()
    token = _TOKEN.search(response.read())
    cookie = SimpleCookie(response.headers["Set-Cookie"])[settings.CSRF_COOKIE_NAME]
    connection.close()
    typed = {"company_code": "BENCH", "user_id": f"user{number}", "password": "wrong"}
    body = urlencode(typed | {"csrfmiddlewaretoken": token[1].decode() if token else ""})
    headers = {"Cookie": f"{cookie.key}={cookie.value}", "Content-Type": "application/x-www-form-urlencoded"}
    while not stop.is_set():
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_START_SECONDS)
        connection.request("POST", reverse("login"), body, headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        answers[response.status] += 1
