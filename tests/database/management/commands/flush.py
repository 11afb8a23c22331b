"""`flush` for the test suite: Django calls it after every test that commits."""

from typing import Any

from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS

from tests.database.baseline import Baseline


class Command(flush.Command):
    """Back to the baseline. Django's own would TRUNCATE, which the app role may not, and take the tenants along."""

    def handle(self, **options: Any) -> None:
        """Delete what the test committed. Django asks once for each alias, and there is one database behind them."""
        if options["database"] == DEFAULT_DB_ALIAS:
            Baseline.current().restore()
