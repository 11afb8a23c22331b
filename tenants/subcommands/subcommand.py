"""What every subcommand of `manage.py tenant` is."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenants.commands import SekishoCommand


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One thing to do. `run` gets the command, for its console and JSON, and the options; `--json` is always there.

    A ValidationError that `run` raises ends the command with its complaints and exit code 1.
    """

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[SekishoCommand, dict[str, Any]], None]
