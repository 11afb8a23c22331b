"""How far a data return is, told about once a second."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

_BEAT_SECONDS = 1.0
EVENT_BYTES = 1500  # of one event of the audit log, in both of its forms


@dataclass(slots=True)
class Progress:
    """Work done and to do, in bytes about, and files among it. `tell` may raise to end the work."""

    tell: Callable[["Progress"], None]
    done: int = 0
    total: int = 0
    files_done: int = 0
    files_total: int = 0
    _told: float = 0.0

    def note(self, size: int) -> None:
        """So many bytes more of contents."""
        self.done += size
        if monotonic() - self._told >= _BEAT_SECONDS:
            self.say()

    def say(self) -> None:
        """Tell now. The last bytes are guessed beforehand, so there may be more than there were to be."""
        self.total = max(self.total, self.done)
        self.tell(self)
        self._told = monotonic()


def silent(_progress: Progress) -> None:
    """For whoever wants to hear nothing."""
