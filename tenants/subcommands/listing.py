"""`tenant list` (T1)."""

from argparse import ArgumentParser
from typing import Any

from tenants import queries
from tenants.commands import SekishoCommand
from tenants.subcommands.describing import described
from tenants.subcommands.subcommand import Subcommand

_COLUMNS = ("code", "name", "plan", "edition", "state", "provider", "created (UTC)")


def _no_arguments(parser: ArgumentParser) -> None:
    """All of them, always."""


def _list(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenants = queries.all_tenants()
    if options["json"]:
        command.print_json([described(tenant) for tenant in tenants])
        return
    rows = [
        (t.company_code, t.name, t.plan_code, t.edition, t.state, "yes" if t.is_provider else "", t.created_at.date())
        for t in tenants
    ]
    command.print_table("Tenants", _COLUMNS, rows)


SUBCOMMANDS = (Subcommand("list", "list all tenants", _no_arguments, _list),)
