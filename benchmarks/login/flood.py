"""Ten clients that log in wrongly without a pause, and a page that somebody else looks at meanwhile."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from time import monotonic, sleep
from typing import Any
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


@contextmanager
def flood(port: int, clients: int) -> Iterator[Counter[str]]:
    """Let the clients log in wrongly inside the block; gives what they were answered, by status, when it is over."""
    order = _order(port, clients)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.login.clients"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    answers: Counter[str] = Counter()
    try:
        process.stdin.write(json.dumps(order) + "\n")  # type: ignore[union-attr]  # it is a pipe
        process.stdin.flush()  # type: ignore[union-attr]
        yield answers
    finally:
        answers.update(json.loads(process.communicate()[0]))


def _order(port: int, clients: int) -> dict[str, Any]:
    """The form as it is, with a token; a user for each client."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_START_SECONDS)
    connection.request("GET", reverse("login"))
    response = connection.getresponse()
    token = _TOKEN.search(response.read())
    cookie = SimpleCookie(response.headers["Set-Cookie"])[settings.CSRF_COOKIE_NAME]
    connection.close()
    typed = {"company_code": "BENCH", "password": "wrong", "csrfmiddlewaretoken": token[1].decode() if token else ""}
    return {
        "host": LOOPBACK,
        "port": port,
        "path": reverse("login"),
        "cookie": f"{cookie.key}={cookie.value}",
        "bodies": [urlencode(typed | {"user_id": f"user{number}"}) for number in range(clients)],
    }
