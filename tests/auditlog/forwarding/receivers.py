"""Real receivers on loopback: a server for HTTPS and one for syslog over TLS, under an authority of our own."""

import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@cache
def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    builder = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return key, builder.sign(key, hashes.SHA256())


def _builder(subject: x509.Name, issuer: x509.Name, key: Any, days: float = 30) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * _DAY)
        .not_valid_after(now + days * _DAY)
    )


def authority_pem() -> str:
    """What a company pastes so that its private receivers are trusted."""
    return _authority()[1].public_bytes(Encoding.PEM).decode()


def server_context(name: str = "localhost", *, days: float = 30) -> ssl.SSLContext:
    """The TLS of a server that goes by that name, with a certificate that is good for so many days."""
    issuer_key, issuer = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), issuer.subject, key, days)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
        issuer_key, hashes.SHA256()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder, "server.pem")
        clear = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(clear + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(path)
    return context


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in it."""
        return json.loads(self.body)["data"]["events"]  # type: ignore[no-any-return]


Behaviour = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int = 200, body: bytes = b"taken", **headers: str) -> Behaviour:
    """Answer with a status."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        with suppress(OSError):
            handler.wfile.write(body)

    return respond


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection in the middle of the answer's first line."""
    handler.wfile.write(b"HTTP/1.1 2")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send one byte now and then, for longer than anybody waits."""
    with suppress(OSError):
        for _number in range(200):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)


@dataclass
class WebhookReceiver:
    """What it got, and how it will behave: `plan` first, one for each request, then `usual`."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    plan: list[Behaviour] = field(default_factory=list)
    usual: Behaviour = field(default_factory=lambda: answer())  # noqa: PLW0108 - it makes a function

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://localhost:{self.port}/audit"

    @property
    def ids(self) -> list[str]:
        """The ids of all events in the order in which they came, repetitions included."""
        return [event["id"] for received in self.received for event in received.events]


@contextmanager
def webhook_receiver(name: str = "localhost", *, port: int = 0) -> Iterator[WebhookReceiver]:
    """An HTTPS server, up for the length of the block."""
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {key.lower(): value for key, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            (receiver.plan.pop(0) if receiver.plan else receiver.usual)(self)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            pass  # clients that turn away are part of the tests

        def finish_request(self, request: Any, address: Any) -> None:
            with context.wrap_socket(request, server_side=True) as channel:
                Handler(channel, address, self)

    context = server_context(name)
    server = Server(("127.0.0.1", port), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class SyslogReceiver:
    """The messages that came in whole, and how it will end the next connections: politely unless `rude`."""

    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    rude: bool = False
    cut_after: int = 0  # bytes after which it breaks the connection off

    @property
    def address(self) -> str:
        """Its address."""
        return f"localhost:{self.port}"

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in the messages."""
        return [json.loads(message[message.index(b"{") :]) for message in self.messages]


@contextmanager
def syslog_receiver(name: str = "localhost") -> Iterator[SyslogReceiver]:
    """A server that reads frames as RFC 5425 says, up for the length of the block."""
    receiver, context = SyslogReceiver(), server_context(name)
    listener = socket.create_server(("127.0.0.1", 0))
    receiver.port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                raw, _address = listener.accept()
            except OSError:
                return
            with suppress(OSError, ValueError), context.wrap_socket(raw, server_side=True) as channel:
                _read_frames(receiver, channel)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _read_frames(receiver: SyslogReceiver, channel: ssl.SSLSocket) -> None:
    if receiver.cut_after:
        channel.recv(receiver.cut_after)
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, as of a crash
        return
    data = b""
    while piece := channel.recv(65536):
        data += piece
    while data:
        length, _blank, data = data.partition(b" ")
        receiver.messages.append(data[: int(length)])
        data = data[int(length) :]
    if not receiver.rude:
        channel.unwrap()
