"""What the commands of `manage.py` share: whom they work for, how they print and how they end.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Column, Table

from tenants import queries
from tenants.isolation.directory import normalize_code
from tenants.models import Tenant


class SekishoCommand(BaseCommand):
    """A command with Rich output for people and `--json` for machines."""

    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--json`, for every command."""
        parser.add_argument("--json", action="store_true", help="print JSON for machines")

    @property
    def console(self) -> Console:
        """Where the command prints for people."""
        # A pipe or a log file has no width of its own; ids in it must stay whole.
        width = None if self.stdout.isatty() else 200
        return Console(file=self.stdout, highlight=False, width=width)  # type: ignore[arg-type]

    def print_json(self, value: Any) -> None:
        """Print for machines."""
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str))

    def print_table(self, title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Print for people."""
        table = Table(*(Column(column, overflow="fold") for column in columns), title=title)
        for row in rows:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        self.console.print(table)


def add_tenant_options(parser: ArgumentParser) -> None:
    """`--tenant CODE` or `--all-tenants`; one of them is required."""
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--tenant", metavar="CODE", help="the company code of one tenant")
    group.add_argument("--all-tenants", action="store_true", help="every open tenant, one after the other")


def chosen_tenants(options: dict[str, Any]) -> list[Tenant]:
    """The tenants that the options name; raises CommandError for a code that nobody has."""
    if options.get("all_tenants"):
        return queries.open_tenants()
    return [tenant_of_code(options["tenant"])]


def tenant_of_code(code: str) -> Tenant:
    """The tenant of a company code; raises CommandError when there is none."""
    tenant = queries.tenant_by_code(normalize_code(code))
    if tenant is None:
        raise CommandError(f"No tenant has the company code {code}.")
    return tenant


def command_error(error: ValidationError) -> CommandError:
    """The same complaint for somebody at a shell."""
    if not hasattr(error, "error_dict"):
        return CommandError(" ".join(error.messages))
    lines = (f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
    return CommandError("\n".join(lines))
