"""`manage.py isolation check`: the wall of the live database, compared with what the product declares (T1)."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import DatabaseError
from rich.markup import escape

from tenants.commands import SekishoCommand
from tenants.isolation.report import Report, check_wall
from tenants.isolation.roles import APP, PLATFORM


class Command(SekishoCommand):
    """Lists every table with its declaration, policies, rights, keys and findings; exit code 1 on any finding."""

    help = "Check the wall between tenants on the live database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand."""
        check = parser.add_subparsers(dest="deed", required=True).add_parser("check", help=self.help)
        check.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=list(connections),
            help="alias to look at, for a tenant with a database of its own (default: %(default)s)",
        )
        super().add_arguments(check)

    def handle(self, *args: Any, database: str, **options: Any) -> None:
        """Read, judge, print."""
        try:
            report = check_wall(database)
        except DatabaseError as error:
            raise CommandError(f"The catalogue cannot be read: {error}") from error
        if options["json"]:
            self.print_json({"ok": not report.findings, **asdict(report)})
        else:
            self._print(report)
        if report.findings:
            sys.exit(1)

    def _print(self, report: Report) -> None:
        partitions = Counter(table["partition_of"] for table in report.tables)
        self.print_table(
            f"{report.database} as {report.current_user}",
            ("Table", "Declared", "Policies", "App may", "Platform may", "Key", "Findings"),
            (_row(table, partitions[table["name"]]) for table in report.tables if not table["partition_of"]),
        )
        for finding in report.findings:
            self.console.print(f"[red]✗[/red] {escape(str(finding))}")
        if report.findings:
            self.console.print(f"{len(report.findings)} findings: the wall is not as declared.", style="red")
        else:
            self.console.print("No finding: the wall is as declared.", style="green")


def _row(table: Mapping[str, Any], partitions: int) -> tuple[str, ...]:
    rights = table["rights"]
    return (
        f"{table['name']} ({partitions} partitions)" if partitions else table["name"],
        table["declared"] or table["type"],
        ", ".join(table["policies"]) + f" ({table['row_level_security']})" if table["policies"] else "",
        _initials(rights.get(APP, [])),
        _initials(rights.get(PLATFORM, [])),
        ", ".join(table["primary_key"] or ()),
        str(len(table["findings"]) or ""),
    )


def _initials(rights: list[str]) -> str:
    """`SELECT` and the rest, short enough for a terminal."""
    return " ".join(right[:3].lower() for right in rights)
