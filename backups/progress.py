"""How far the work on an archive is, for whoever watches."""

from collections.abc import Callable

# Called with what is being worked on, how much of it is done, and how much there is (0 when nobody knows).
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
