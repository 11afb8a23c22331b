"""Object Lock: what a bucket refuses to delete until a date, whoever asks (B3, B4)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Mode = Literal["GOVERNANCE", "COMPLIANCE"]
MODES: tuple[Mode, ...] = ("GOVERNANCE", "COMPLIANCE")


@dataclass(frozen=True, slots=True)
class Lock:
    """How long new objects are kept. GOVERNANCE yields to those with a right of its own, COMPLIANCE to nobody."""

    mode: Mode
    span: timedelta

    def until(self) -> datetime:
        """The end of the lock of an object that is written now (UTC)."""
        return datetime.now(UTC) + self.span
