"""`manage.py demo_data`: the demonstration, in demo mode only; may run again at any time."""

from typing import Any

from config.demo.load import load
from tenants.commands import SekishoCommand


class Command(SekishoCommand):
    """Loads the demonstration."""

    help = "Load the demonstration (SEKISHO_MODE=demo only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        made = load()
        if options["json"]:
            self.print_json({"made": made})
        else:
            self.console.print("The demonstration is loaded." if made else "The demonstration was there already.")
