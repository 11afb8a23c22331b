"""A mail server that takes everything and writes down to whom and under which Message-ID; a process of its own.

`python -m benchmarks.notices.sink PORT FILE`, until its standard input ends.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from config.stack.description import LOOPBACK, free_ports

_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_READY = "ready"


class _Book:
    """One line for each mail, written before the mail is taken."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Note the mail; where the line is whole, the mail counts as delivered."""
        found = _MESSAGE_ID.search(envelope.content)
        line = f"{envelope.rcpt_tos[0]} {found[1].decode() if found else ''}\n"
        os.write(self._file, line.encode())
        return "250 OK"


class Sink:
    """The running server, and what it has written so far."""

    def __init__(self, port: int, file: Path) -> None:
        self.port, self.file = port, file

    def count(self) -> int:
        """How many mails arrived, copies included."""
        return self.file.read_bytes().count(b"\n") if self.file.exists() else 0

    def arrived(self) -> Counter[tuple[str, str]]:
        """How often each address got each Message-ID."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return Counter((address, message_id) for address, message_id in (line.split(" ") for line in lines))


@contextmanager
def sink(file: Path) -> Iterator[Sink]:
    """Such a server for the length of the block."""
    (port,) = free_ports(1)
    program = [sys.executable, "-m", "benchmarks.notices.sink", str(port), str(file)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == _READY
        try:
            yield Sink(port, file)
        finally:
            process.communicate()


def main() -> None:
    """Serve until nobody needs it any more."""
    controller = Controller(_Book(Path(sys.argv[2])), hostname=LOOPBACK, port=int(sys.argv[1]))
    controller.start()
    print(_READY, flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
