"""`manage.py tenant …`: the provider's tenants (T1, T3). Each area has its subcommands in a module of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError

from tenants.commands import SekishoCommand, command_error
from tenants.subcommands import cancelling, contracts, creating, deleting, exporting, listing
from tenants.subcommands.subcommand import Subcommand

# In the order in which `--help` names them. A new one stands in a module of its own, and that module stands here.
SUBCOMMANDS: tuple[Subcommand, ...] = (
    *creating.SUBCOMMANDS,
    *listing.SUBCOMMANDS,
    *deleting.SUBCOMMANDS,
    *cancelling.SUBCOMMANDS,
    *contracts.SUBCOMMANDS,
    *exporting.SUBCOMMANDS,
)


class Command(SekishoCommand):
    """Create tenants, list them, and what else is done to one. Exit codes: 0 done, 1 refused, 2 wrong usage."""

    help = "Create, list and look after the tenants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Those of each subcommand."""
        names = "|".join(subcommand.name for subcommand in SUBCOMMANDS)
        deeds = parser.add_subparsers(dest="deed", required=True, metavar=names)
        for subcommand in SUBCOMMANDS:
            deed = deeds.add_parser(subcommand.name, help=subcommand.help, description=subcommand.help)
            super().add_arguments(deed)
            subcommand.add_arguments(deed)

    def handle(self, *_args: Any, deed: str, **options: Any) -> None:
        """Run the subcommand."""
        chosen = next(subcommand for subcommand in SUBCOMMANDS if subcommand.name == deed)
        try:
            chosen.run(self, options)
        except ValidationError as error:
            raise command_error(error) from error
