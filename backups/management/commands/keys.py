"""`manage.py keys …`: the keys of this installation from the shell (P5, D7, R1)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backups.commands.subcommand import FAILURES, Subcommand
from backups.custody.commands import destroying, escrow, looking, making, rotating
from tenants.commands import SekishoCommand

# In the order in which `--help` names them.
SUBCOMMANDS: tuple[Subcommand, ...] = (
    *making.SUBCOMMANDS,
    *looking.SUBCOMMANDS,
    *rotating.SUBCOMMANDS,
    *escrow.SUBCOMMANDS,
    *destroying.SUBCOMMANDS,
)


class Command(SekishoCommand):
    """Make and look after keys. Exit codes: 0 done, 1 refused, failed or something found, 2 wrong usage."""

    help = "Make and look after the keys of this installation."

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
        run = {subcommand.name: subcommand.run for subcommand in SUBCOMMANDS}[options["action"]]
        try:
            run(self, options)
        except FAILURES as error:
            raise CommandError(str(error)) from error
