"""Where the test suite's log goes: every handler of the settings writes here (`tests/settings.py`)."""

import sys

from tests.canaries.watching import WATCH


class Lines:
    """Standard error, with a look at each line on its way."""

    def write(self, text: str) -> int:
        """Look, and pass it on to wherever standard error is now."""
        WATCH.look("the log", [text])
        return sys.stderr.write(text)

    def flush(self) -> None:
        """As every stream can."""
        sys.stderr.flush()


LINES = Lines()
