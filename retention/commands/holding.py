"""`retention hold` (R5): what is held, read only. Holds are placed and released on the operators' pages, by two."""

from argparse import ArgumentParser
from typing import Any

from backups.commands.subcommand import Subcommand
from retention.holds.models import Hold
from retention.holds.queries import active_holds
from tenants.commands import SekishoCommand


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("deed", choices=["list"], help="list what is held now")


def _hold(command: SekishoCommand, options: dict[str, Any]) -> None:
    holds = active_holds()
    if options["json"]:
        command.print_json([_figures(hold) for hold in holds])
        return
    rows = [
        (hold.company_code, hold.scope, hold.scope_label, hold.authority, hold.reference, hold.review_on, hold.sealed)
        for hold in holds
    ]
    columns = ("company", "scope", "of", "authority", "reference", "review", "sealed")
    command.print_table("Legal holds", columns, rows)


def _figures(hold: Hold) -> dict[str, Any]:
    return {
        "id": str(hold.id),
        "company": hold.company_code,
        "scope": hold.scope,
        "name": hold.scope_label,
        "authority": hold.authority,
        "reference": hold.reference,
        "placed_at": hold.placed_at.isoformat(),
        "review_on": hold.review_on.isoformat(),
        "overdue": hold.overdue,
        "sealed": hold.sealed,
    }


SUBCOMMANDS = (Subcommand("hold", "list the legal holds", _arguments, _hold),)
