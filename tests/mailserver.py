"""A real SMTP server on the loopback address, which answers as a test wants (aiosmtpd)."""

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

Answer = Callable[[str], str]
TAKEN = "250 OK"


class MailServer:
    """What arrived, in order. `on_recipient` and `on_mail` give its answers about an address."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.sessions: set[str] = set()
        self.on_recipient: Answer = lambda _address: TAKEN
        self.on_mail: Answer = lambda _address: TAKEN
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller: Controller | None = None

    def start(self) -> None:
        """Begin to answer."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)
        self._controller.start()

    def stop(self) -> None:
        """End; may be started again, on the same port."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def arrived(self) -> Counter[tuple[str, str]]:
        """How often each address got each Message-ID."""
        return Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in self.mails)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Whether the recipient is taken."""
        answer = self.on_recipient(address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, then answer."""
        answer = self.on_mail(envelope.rcpt_tos[0])
        if answer == TAKEN:
            content = envelope.content or b""
            self.mails.append(message_from_bytes(content if isinstance(content, bytes) else content.encode()))
            self.sessions.add(str(session.peer))
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Such a server for the length of the block."""
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
