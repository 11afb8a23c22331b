"""Stretches of time in which the log is looked through, and how a long one is taken in steps (G2).

A tenant may have ten million events. What an index finds costs the same however many there are; what none finds is
looked for step by step from one end, and not for longer than a reader waits. The page says how far it has come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

_FIRST_STEP = timedelta(days=1)
_GROWTH = 4
# A step that took longer is not followed by a larger one.
_QUICK_SECONDS = 0.2
PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to, but without, another."""

    since: datetime
    until: datetime

    def steps(self, *, forward: bool = False, patience: float = PATIENCE_SECONDS) -> Iterator["Span"]:
        """Its parts, the newest first unless `forward`, each for the caller to look through before the next comes.

        The first is a day. Few partitions are opened for it, and for most readers it holds a page. Ends before the
        whole is done when that has taken longer than `patience`, in seconds.
        """
        begun, width, edge = monotonic(), _FIRST_STEP, self.since if forward else self.until
        while edge < self.until if forward else edge > self.since:
            asked = monotonic()
            if asked - begun > patience:
                return
            part = Span(edge, min(edge + width, self.until)) if forward else Span(max(edge - width, self.since), edge)
            yield part
            if monotonic() - asked < _QUICK_SECONDS:
                width *= _GROWTH
            edge = part.until if forward else part.since
