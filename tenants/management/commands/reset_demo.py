"""`make demo RESET=1`: forget everything of this machine's demo and local work."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config import stack

# Locks that another process may be waiting for; and the tests' own state, which is none of the demo's business.
_KEPT = frozenset({"stack", "test"})


class Command(BaseCommand):
    """Delete the embedded database and broker and every file below the var directory."""

    help = "Delete all local data: embedded database and broker, stored files, keys and secrets. Not in production."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("This deletes the embedded stack's data, and this installation has its own database.")
        var_dir = Path(settings.VAR_DIR)
        try:
            stack.remove(var_dir)
        except stack.StackError as error:
            raise CommandError(str(error)) from error
        for path in var_dir.iterdir():
            if path.name not in _KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.stdout.write(f"Deleted all data in {var_dir}.")
