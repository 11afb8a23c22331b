"""The public status page beside a file of the same bytes that the same server serves as static (N1).

Both come from gunicorn with the whole application, over one connection each, in turn. The client speaks HTTP by hand,
so that little of the time is its own.
"""

import gzip
import random
import socket
from collections.abc import Callable
from statistics import median
from typing import Any

from django.conf import settings

from benchmarks.isolation.pages import servers
from benchmarks.measuring import Side, Times, interleaved, ratio
from benchmarks.reporting import Result
from config.stack.description import LOOPBACK
from incidents.status.publishing import publish
from incidents.status.rendering import render
from incidents.status.store import status_store
from tests.incidents.status.documents import busy_document

GOAL = 0.8
_NAME = "status-benchmark.html"
_BURST = 20  # requests of a side in each round


def measure(options: Any) -> list[Result]:
    """The page as a browser gets it, packed, and as it is."""
    document = busy_document()
    files = render(document)
    publish(status_store(), document, files)
    page = files["index.html"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.STATIC_ROOT / _NAME).write_bytes(page)
    (settings.STATIC_ROOT / f"{_NAME}.gz").write_bytes(gzip.compress(page, mtime=0))
    result = Result(f"Status page of {len(page):,} bytes", ("", "requests/s", "of the file (95 %)"))
    with servers(("wall",), quiet=True) as running:
        server = running["wall"]
        for name, encoding in (("packed", "gzip"), ("plain", "identity")):
            paths = {"page": "/status/", "file": f"{settings.STATIC_URL}{_NAME}"}
            sides = {side: Side(_client(server.port, path, encoding), lambda: 0.0) for side, path in paths.items()}
            chance = random.Random(options.seed)
            times = interleaved(sides, lambda: None, rounds=options.rounds, seconds=options.seconds / 2, chance=chance)
            _add(result, name, times, chance)
    return [result]


def _add(result: Result, name: str, times: dict[str, Times], chance: random.Random) -> None:
    share = ratio(times["file"].clock, times["page"].clock, chance)
    for side, beside in (("page", share), ("file", None)):
        rate = _BURST / median(times[side].clock)
        value = beside.value if beside else 1.0
        result.add(f"{side}, {name}", f"{rate:,.0f}", str(beside or 1), name=f"{side}, {name}", rate=rate, share=value)
    result.notes.append(f"{name}: goal {GOAL} of the file, {'met' if share.value >= GOAL else 'missed'}")


def _client(port: int, path: str, encoding: str) -> Callable[[Any], None]:
    connection = socket.create_connection((LOOPBACK, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ja\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()
    )

    def ask(_: Any) -> None:
        for _each in range(_BURST):
            connection.sendall(request)
            _read(connection)

    return ask


def _read(connection: socket.socket) -> None:
    """One whole answer. Raises RuntimeError unless it is what was asked for."""
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _more(connection)
    head = received[:end].lower()
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"The page is not there: {head[:80]!r}")
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    missing = length - (len(received) - end - 4)
    while missing > 0:
        missing -= len(_more(connection))


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 18)
    if not data:
        raise RuntimeError("The server closed the connection.")
    return data
