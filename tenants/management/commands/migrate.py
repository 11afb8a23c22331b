"""`manage.py migrate`: Django's, as the owner of the tables."""

from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from tenants.isolation.placement import OWNER_ALIAS


class Command(migrate.Command):
    """Only the owner may change the schema, so its alias is the default."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another default."""
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS)
