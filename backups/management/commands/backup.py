"""`manage.py backup …`: archives from the shell (B1-B6). Each area has its subcommands in a module of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from backups.commands import drilling, listing, recovering, restoring, runs, sites, verifying
from backups.commands.subcommand import FAILURES, Subcommand
from tenants.commands import SekishoCommand
from tenants.isolation.context import tenant_scope

# In the order in which `--help` names them.
SUBCOMMANDS: tuple[Subcommand, ...] = (
    *runs.SUBCOMMANDS,
    *listing.SUBCOMMANDS,
    *verifying.SUBCOMMANDS,
    *drilling.SUBCOMMANDS,
    *restoring.SUBCOMMANDS,
    *recovering.SUBCOMMANDS,
    *sites.SUBCOMMANDS,
)

_TABLE = "public.backups_archive"


class Command(SekishoCommand):
    """Make, list, check and restore the archives of tenants. Exit codes: 0 done, 1 failed or damaged, 2 wrong usage."""

    help = "Make, list, verify and restore the backups of tenants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Those of each subcommand."""
        names = "|".join(subcommand.name for subcommand in SUBCOMMANDS)
        actions = parser.add_subparsers(dest="action", required=True, metavar=names)
        for subcommand in SUBCOMMANDS:
            action = actions.add_parser(subcommand.name, help=subcommand.help, description=subcommand.help)
            super().add_arguments(action)
            subcommand.add_arguments(action)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand."""
        chosen = next(subcommand for subcommand in SUBCOMMANDS if subcommand.name == options["action"])
        try:
            if chosen.needs_tables:
                _require_tables()
            chosen.run(self, options)
        except FAILURES as error:
            raise CommandError(str(error)) from error


def _require_tables() -> None:
    with tenant_scope(None), connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [_TABLE])
        if cursor.fetchone()[0]:
            raise CommandError("This database is empty or older than this release. Run `manage.py migrate` first.")
