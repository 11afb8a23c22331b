"""`retention register` (R6)."""

from argparse import ArgumentParser
from typing import Any

from backups.commands.subcommand import Subcommand
from retention.register.entries import entries
from tenants.commands import SekishoCommand


def _arguments(_parser: ArgumentParser) -> None:
    """None of its own."""


def _register(command: SekishoCommand, options: dict[str, Any]) -> None:
    listed = entries()
    if options["json"]:
        command.print_json([entry.figures() for entry in listed])
        return
    rows = [(each.name, each.ownership, each.period, each.erasure, ", ".join(each.tables)) for each in listed]
    command.print_table("Asset register", ("class", "whose", "period", "erasure", "tables"), rows)


SUBCOMMANDS = (Subcommand("register", "list everything that is kept, class by class", _arguments, _register),)
