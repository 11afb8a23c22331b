"""`manage.py retention …`: the end of data from the shell (R1-R6). Each area has a module of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backups.commands.subcommand import FAILURES, Subcommand
from retention.commands import erasing, holding, registering, running
from tenants.commands import SekishoCommand

# In the order in which `--help` names them. Whoever adds one adds its module here and its name to no other place.
SUBCOMMANDS: tuple[Subcommand, ...] = (
    *running.SUBCOMMANDS,
    *registering.SUBCOMMANDS,
    *holding.SUBCOMMANDS,
    *erasing.SUBCOMMANDS,
)


class Command(SekishoCommand):
    """Remove what is past its period, and say what is kept. Exit codes: 0 done, 1 failed or overdue, 2 wrong usage."""

    help = "Remove what is past its period, and say what is kept for how long."

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
            chosen.run(self, options)
        except FAILURES as error:
            raise CommandError(str(error)) from error
