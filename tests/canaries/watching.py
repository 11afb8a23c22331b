"""The secrets that are about, and the places where one of them turned up.

The product makes secrets while a test runs, and tests type some. Their plain values are remembered here for the length
of the test (`sources.py`), and looked for in everything that is written: statements, lines of the log, mails, tables
(`places.py`). Nothing is raised where one is found, because a page would make an answer of that; the test fails at its
end.
"""

import base64
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

_SHORTEST = 8  # characters; anything shorter turns up by chance


def forms(secret: str | bytes) -> tuple[str, ...]:
    """The spellings in which a secret may turn up: as it is, in a link, in hexadecimal, in Base64 and Base32.

    In Base64 a secret looks different by what stands before it, so that its middle is looked for in three ways.
    """
    raw = secret.encode() if isinstance(secret, str) else bytes(secret)
    plain = [secret, quote(secret), quote(secret, safe="")] if isinstance(secret, str) else []
    coded = [raw.hex(), base64.b32encode(raw).decode().rstrip("=")]
    for before in range(3):
        inner = base64.b64encode(b"\0" * before + raw).decode()[4 if before else 0 :]
        inner = inner[: len(inner) // 4 * 4 - 4]
        coded += [inner, inner.translate(str.maketrans("+/", "-_"))]
    return tuple(dict.fromkeys(form for form in (*plain, *coded) if len(form) >= _SHORTEST))


@dataclass(frozen=True, slots=True)
class Canary:
    """One secret. `mailed`: a mail is how it reaches its owner."""

    what: str
    forms: tuple[str, ...]
    mailed: bool = False


@dataclass
class Watch:
    """What is remembered, and what was found. Safe to use from the threads of a test's server."""

    _lasting: dict[str | bytes, Canary] = field(default_factory=dict)
    _passing: dict[str | bytes, Canary] = field(default_factory=dict)
    _findings: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def remember(self, what: str, secret: str | bytes, *, mailed: bool = False, lasting: bool = False) -> None:
        """Look for this secret until the test is over; for all tests if it is `lasting`."""
        if len(secret) >= _SHORTEST and secret not in self._lasting and secret not in self._passing:
            with self._lock:
                (self._lasting if lasting else self._passing)[secret] = Canary(what, forms(secret), mailed)

    def canaries(self) -> list[Canary]:
        """What is looked for now."""
        with self._lock:
            return [*self._lasting.values(), *self._passing.values()]

    def look(self, place: str, texts: Iterable[str], *, mail: bool = False) -> None:
        """Note what of the secrets is in a text."""
        for text in texts:
            for canary in self.canaries():
                if (not mail or not canary.mailed) and any(form in text for form in canary.forms):
                    with self._lock:
                        self._findings.append(f"{canary.what} in {place}: {text[:500]}")

    def begin(self) -> None:
        """A test begins: what the one before remembered is over."""
        with self._lock:
            self._passing.clear()
            self._findings.clear()

    def findings(self) -> list[str]:
        """What was found since the last question."""
        with self._lock:
            found, self._findings = list(dict.fromkeys(self._findings)), []
        return found


WATCH = Watch()
