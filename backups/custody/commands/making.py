"""`keys init` (P5)."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backups.commands.subcommand import Subcommand
from tenants.commands import SekishoCommand
from vault.keys import key_store, prepare_keys
from vault.root import root_key_path


def _no_arguments(_parser: ArgumentParser) -> None:
    """There are none."""


def _init(command: SekishoCommand, options: dict[str, Any]) -> None:
    """Make what is absent, prove that root key and store belong together, and say what to do next."""
    made = prepare_keys()
    key_store.cache_clear()
    keys = key_store()
    if options["json"]:
        command.print_json(
            {
                "made": made,
                "installation": keys.installation,
                "root_key": {"id": keys.root_key_id, "address": settings.VAULT_ROOT_KEY},
                "key_store": settings.VAULT_KEY_STORE,
            }
        )
        return
    rows = [
        (_("Installation"), keys.installation),
        (_("Root key"), f"{keys.root_key_id}\n{settings.VAULT_ROOT_KEY}"),
        (_("Key store"), settings.VAULT_KEY_STORE),
    ]
    command.print_table("", ("", ""), rows)
    command.console.print(_advice(made))


def _advice(made: list[str]) -> str:
    if not made:
        return _("Root key and key store were there already and belong together. Nothing was changed.")
    if "root_key" in made:
        return _(
            "A new root key was made. Copy %(path)s to a safe place away from this machine now: "
            "without it nobody can ever read the documents and the backups again."
        ) % {"path": root_key_path(settings.VAULT_ROOT_KEY)}
    return _("The key store was made for this root key.")


SUBCOMMANDS = (Subcommand("init", "make the root key and the key store where they are absent", _no_arguments, _init),)
