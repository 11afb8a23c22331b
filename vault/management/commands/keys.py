"""`manage.py keys init`: the root key and the key store of an installation."""

import json
from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from vault.errors import VaultError
from vault.keys import key_store, prepare_keys
from vault.root import root_key_path


class Command(BaseCommand):
    help = "Make and look after the keys of this installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        init = actions.add_parser("init", help="make the root key and the key store where they are absent")
        init.add_argument("--json", action="store_true", dest="as_json", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {"init": self.init}
        actions[options["action"]](as_json=options["as_json"])

    def init(self, *, as_json: bool) -> None:
        """Make what is absent, prove that root key and store belong together, and say what to do next."""
        try:
            made = prepare_keys()
            key_store.cache_clear()
            keys = key_store()
        except VaultError as error:
            raise CommandError(str(error)) from error
        result = {
            "made": made,
            "installation": keys.installation,
            "root_key": {"id": keys.root_key_id, "address": settings.VAULT_ROOT_KEY},
            "key_store": settings.VAULT_KEY_STORE,
        }
        if as_json:
            self.stdout.write(json.dumps(result))
            return
        table = Table(show_header=False)
        table.add_row(_("Installation"), keys.installation)
        table.add_row(_("Root key"), f"{keys.root_key_id}\n{settings.VAULT_ROOT_KEY}")
        table.add_row(_("Key store"), settings.VAULT_KEY_STORE)
        console = Console(file=cast("TextIO", self.stdout))
        console.print(table)
        if not made:
            console.print(_("Root key and key store were there already and belong together. Nothing was changed."))
        elif "root_key" in made:
            console.print(
                _(
                    "A new root key was made. Copy %(path)s to a safe place away from this machine now: "
                    "without it nobody can ever read the documents and the backups again."
                )
                % {"path": root_key_path(settings.VAULT_ROOT_KEY)}
            )
        else:
            console.print(_("The key store was made for this root key."))
