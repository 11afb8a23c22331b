"""`retention register` (R6)."""

from argparse import ArgumentParser
from typing import Any

from backups.commands.subcommand import Subcommand
from backups.sites.places import Kept
from retention.register.counting import rows_by_table
from retention.register.entries import entries
from retention.register.stores import place_words, stored_assets
from tenants.commands import SekishoCommand

_COLUMNS = ("class", "whose", "rows, about", "period", "ends", "tables", "sealed columns")


def _arguments(_parser: ArgumentParser) -> None:
    """None of its own."""


def _register(command: SekishoCommand, options: dict[str, Any]) -> None:
    listed, stored, database = entries(rows_by_table()), stored_assets(), place_words(Kept.DATABASE)
    if options["json"]:
        command.print_json(
            {
                "database": database,
                "tables": [each.figures() for each in listed],
                "stores": [each.figures() for each in stored],
            }
        )
        return
    rows = [
        (each.name, each.ownership, each.rows, each.period, each.ending, ", ".join(each.tables), ", ".join(each.sealed))
        for each in listed
    ]
    command.print_table(f"Asset register: {database}", _COLUMNS, rows)
    elsewhere = [(each.name, each.ownership, each.where, each.period, each.ending) for each in stored]
    command.print_table("Elsewhere than in tables", ("class", "whose", "place", "period", "ends"), elsewhere)


SUBCOMMANDS = (Subcommand("register", "list everything that is kept, class by class", _arguments, _register),)
