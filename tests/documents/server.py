"""The application in a real gunicorn process, on the test database and a store of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connections
from django.urls import reverse

from tests.documents.sending import TOKEN
from tests.factories.people import Person


@dataclass(frozen=True)
class Server:
    """A running server with one worker process."""

    port: int
    process: subprocess.Popen[bytes]
    store: Path
    opened: list[HTTPConnection | HTTPResponse] = field(default_factory=list)

    def worker(self) -> psutil.Process:
        """The process that does the work."""
        (worker,) = psutil.Process(self.process.pid).children()
        return worker

    def connect(self) -> HTTPConnection:
        """A fresh connection."""
        self.opened.append(connection := HTTPConnection("127.0.0.1", self.port, timeout=60))
        return connection

    def answer(self, connection: HTTPConnection) -> HTTPResponse:
        """The answer to what was sent; its content is still to be read."""
        self.opened.append(response := connection.getresponse())
        return response

    def get(self, person: Person, path: str) -> HTTPResponse:
        """A page; its content is still to be read."""
        connection = self.connect()
        connection.request("GET", path, headers=cookies(person))
        return self.answer(connection)

    def hang_up(self) -> None:
        """Close every connection."""
        while self.opened:
            self.opened.pop().close()


def cookies(person: Person) -> dict[str, str]:
    """The headers of a browser in which the person is logged in."""
    jar = {settings.SESSION_COOKIE_NAME: person.session_cookie(), settings.CSRF_COOKIE_NAME: TOKEN}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}


@contextmanager
def running_server(store: Path, log: Path, **values: str) -> Iterator[Server]:
    """Start the server as a deployment does, with these variables as well, and stop it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        command = ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi", "-b", f"fd://{listener.fileno()}"]
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            env=environment(store) | values,
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=output,
        )
        try:
            server = Server(listener.getsockname()[1], process, store)
            connection = server.connect()
            connection.request("GET", reverse("login"))  # waits in the queue of the socket until somebody answers
            assert server.answer(connection).read(), log.read_text()
            server.hang_up()
            yield server
        finally:
            process.terminate()
            process.wait(timeout=40)


def environment(store: Path) -> dict[str, str]:
    """What a deployment would set: addresses of the test database by role, keys of the test vault."""
    return {
        **os.environ,
        "SEKISHO_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": _url("default"),
        "DATABASE_PLATFORM_URL": _url("platform"),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "VAULT_ROOT_KEY": settings.VAULT_ROOT_KEY,
        "VAULT_KEY_STORE": settings.VAULT_KEY_STORE,
        "VAULT_DOCUMENT_STORE": f"file://{store}",
        "WEB_CONCURRENCY": "1",
    }


def _url(alias: str) -> str:
    values = connections[alias].settings_dict
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
