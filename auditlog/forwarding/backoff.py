"""How long to wait after failures: a minute, doubled each time up to an hour, and never all at the same moment."""

import secrets
from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
_JITTER_PERCENT = 20


def wait_after(failures: int) -> timedelta:
    """The wait after so many failures in a row, up to a fifth shorter by chance."""
    wait: timedelta = min(FIRST * 2 ** min(failures - 1, 10), LONGEST)
    return wait * (100 - secrets.randbelow(_JITTER_PERCENT + 1)) / 100
