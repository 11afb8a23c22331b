"""`make demo`: everything on this machine, with demo data, as one foreground process."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from rich.console import Console
from rich.table import Table

from config.demo.companies import logins
from config.stack.description import is_free
from config.supervisor import supervise

_COLUMNS = {"company_code": "Company code", "user_id": "User ID", "password": "Password", "role": "Role"}


class Command(BaseCommand):
    """Migrate, load the demo data, then serve on the port of PUBLIC_URL until stopped."""

    help = "Run the demo: web server, worker and scheduler with demo data. Start it with `make demo`."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.MODE != "demo":
            raise CommandError("The demo runs in demo mode only. Start it with `make demo`.")
        port = urlsplit(settings.PUBLIC_URL).port or 80
        if not is_free(port):
            raise CommandError(f"Port {port} is taken by another program. Choose one: `make demo PORT={port + 1}`.")
        _announcement().unlink(missing_ok=True)  # one that was left by a crash would announce too early
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # nothing is collected there, but WhiteNoise looks
        call_command("migrate", interactive=False, verbosity=0)
        call_command("demo_data")
        connections.close_all()  # this process only watches the others from here on
        try:
            code = supervise(port, directory=settings.BASE_DIR, when_it_answers=_announce)
        finally:
            _announcement().unlink(missing_ok=True)
        if code:
            raise CommandError("A program of the demo stopped by itself; its last lines are above.", returncode=code)


def _announcement() -> Path:
    return Path(settings.VAR_DIR) / "demo.json"


def _announce() -> None:
    """Print where the demo is and how to log in, and write the same to var/demo.json for programs."""
    people = logins()
    fresh = _announcement().with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps({"url": settings.PUBLIC_URL, "logins": people}, ensure_ascii=False, indent=2))
    fresh.replace(_announcement())
    Console().print(
        _table(people), "The code of the operator's authenticator app, when you need it: make code\nCtrl-C stops it."
    )


def _table(people: Sequence[Mapping[str, str]]) -> Table:
    table = Table(title=f"{settings.PRODUCT_NAME} is running at {settings.PUBLIC_URL}")
    for heading in _COLUMNS.values():
        table.add_column(heading)
    for person in people:
        table.add_row(*(person[column] for column in _COLUMNS))
    return table
