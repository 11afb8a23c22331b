"""Requests to the deployed product, byte by byte as a browser or somebody else sends them."""

from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.db import connections
from django.urls import reverse

from tests.conftest import Cast
from tests.test_permission_matrix import MATRIX
from tests.web.observatory import Answer

HOST = "sekisho.example"
ORIGIN = f"https://{HOST}"
TOKEN = "t" * 32

# Written down at every request, or only told to the log.
_TOUCHED = ("auditlog_", "accounts_session")


@dataclass(frozen=True)
class Site:
    """A running server, its document store and its log."""

    port: int
    store: Path
    log: Path

    def ask(self, method: str, path: str, body: str = "", /, **headers: str) -> Answer:
        """One request over HTTPS; a name such as `x_forwarded_host` stands for a header."""
        sent = {"host": HOST, "accept": "text/html", "x-forwarded-proto": "https"}
        if method == "POST":
            sent["content-type"] = "application/x-www-form-urlencoded"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body or None, sent)
        response = connection.getresponse()
        answer = Answer(response.status, tuple(response.getheaders()), response.read())
        connection.close()
        return answer

    def post(self, path: str, body: str = "", cookie: str = "", **headers: str) -> Answer:
        """A form with the token that belongs to the cookie."""
        cookie = f"__Host-csrf={TOKEN}; {cookie}".rstrip("; ")
        sent = {"origin": ORIGIN, "x_csrftoken": TOKEN, "cookie": cookie} | headers
        return self.ask("POST", path, body, **sent)


def cookies_of(cast: Cast) -> dict[str, str]:
    """The cookie of each kind of person; nobody's is empty."""
    people = {"admin": cast.admin, "reader": cast.reader, "outsider": cast.outsider, "operator": cast.operator}
    return {"anonymous": ""} | {name: f"__Host-sekisho={person.session_cookie()}" for name, person in people.items()}


def every_address(things: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each row of the permission matrix with an address that leads to something of ACME."""
    for row in MATRIX:
        name, *parameters = row.split()
        yield row, reverse(name, kwargs={parameter: things[parameter] for parameter in parameters})


def stored() -> dict[str, str]:
    """A digest of every table, read as the owner, who sees all tenants; without what every request writes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(_TOUCHED)]
        digests = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(r::text, chr(10) ORDER BY r::text), '')) FROM \"{table}\" r"
            )
            digests[table] = cursor.fetchone()[0]
    return digests
