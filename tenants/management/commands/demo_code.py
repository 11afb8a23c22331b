"""`make code`: what the authenticator app of the demonstration's operator shows now."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.utils import timezone

from accounts.factors.totp import code_at
from config.demo.companies import PROVIDER
from tenants.commands import SekishoCommand


class Command(SekishoCommand):
    """Stands in for the app: its seed is known, so it exists in demo mode only."""

    help = "Print the current code of the demo operator's authenticator app (SEKISHO_MODE=demo only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code of everybody of the provider who has an app."""
        if not settings.DEMO:
            raise CommandError("The codes of the demo exist in demo mode only.")
        codes = {
            person.user_id: code_at(person.app_seed, timezone.now()) for person in PROVIDER.people if person.app_seed
        }
        if options["json"]:
            self.print_json(codes)
        else:
            self.print_table("Codes for the next 30 seconds", ("User ID", "Code"), codes.items())
