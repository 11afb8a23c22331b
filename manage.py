#!/usr/bin/env python
"""Sekisho's command line.

Where no database is configured, a command that needs one starts the embedded stack and stops it again, unless
somebody else is using it.
"""

import os
import signal
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from config import installation

WITHOUT_DATABASE = frozenset(
    {"collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "version"}
    # It deletes the database, so it must not hold it running.
    | {"reset_demo"}
    # It looks at a service elsewhere.
    | {"probe"}
)


def needs_database(arguments: Sequence[str]) -> bool:
    """Whether the command with these arguments talks to the database or the broker."""
    command, *options = arguments or ["help"]
    if command.startswith("-") or command in WITHOUT_DATABASE or {"-h", "--help"} & set(options):
        return False
    return command != "check" or any(option.startswith("--database") for option in options)


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if installation.is_embedded() and needs_database(sys.argv[1:]):
        _hold_embedded_stack()
    execute_from_command_line(sys.argv)


def _hold_embedded_stack() -> None:
    from config import stack  # its packages need not be there in production

    # An orderly exit even when the process is told to stop: only that gives the lease back.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        stack.acquire(installation.var_dir())  # before the settings are read; given back when the process exits
    except stack.StackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
