"""`manage.py migrate`: Django's, as the owner of the tables."""

from argparse import ArgumentParser

from django.core.management.commands import migrate

from tenants.isolation.placement import OWNER_ALIAS


class Command(migrate.Command):
    """Only the owner may change the schema, so its alias is the default."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As Django's, with another default."""
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS)
