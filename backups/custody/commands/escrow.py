"""`keys escrow export|drill|restore` (P5)."""

from argparse import SUPPRESS, ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand
from backups.custody import escrow
from tenants.commands import SekishoCommand
from vault.errors import EscrowRefused


def _arguments(parser: ArgumentParser) -> None:
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="export|drill|restore")
    export = deeds.add_parser("export", help="seal the root key with a passphrase into a new file")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    drill = deeds.add_parser("drill", help="prove that the file opens every key, without using the running root key")
    restore = deeds.add_parser("restore", help="put a lost root key back; overwrites nothing")
    for one in (drill, restore):
        one.add_argument("file", type=Path, metavar="FILE")
    for one in (export, drill, restore):
        one.add_argument("--json", action="store_true", default=SUPPRESS, help="print JSON for machines")
        one.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line, instead of typing")


def _escrow(command: SekishoCommand, options: dict[str, Any]) -> None:
    {"export": _export, "drill": _drill, "restore": _restore}[options["deed"]](command, options)


def _export(command: SekishoCommand, options: dict[str, Any]) -> None:
    written = escrow.export(options["out"], _passphrase(options, twice=True), actor=Actor.command())
    if options["json"]:
        command.print_json({"file": options["out"], "root_key": written.root_key, "created": written.created})
        return
    command.console.print(
        f"{options['out']} holds the root key {written.root_key}. Keep it away from this machine and every backup, "
        "and the passphrase away from it. Then practise: `manage.py keys escrow drill`."
    )


def _drill(command: SekishoCommand, options: dict[str, Any]) -> None:
    result = escrow.drill(options["file"], _passphrase(options), actor=Actor.command())
    _tell(command, options, result, "This file alone opens all {count} keys of the key store.")
    if not result.is_sound:
        reasons = [f"{one.place}: {one.reason}" for one in result.broken]
        reasons = reasons or ["it holds another root key than the present one; export anew"]
        raise CommandError(f"This escrow would not bring everything back: {'; '.join(reasons[:5])}")


def _restore(command: SekishoCommand, options: dict[str, Any]) -> None:
    result = escrow.restore(options["file"], _passphrase(options), actor=Actor.command())
    _tell(command, options, result, "The root key is back and opens all {count} keys. Run `manage.py keys doctor`.")


def _tell(command: SekishoCommand, options: dict[str, Any], result: escrow.Drill, text: str) -> None:
    if options["json"]:
        command.print_json(
            {
                "root_key": result.escrow.root_key,
                "exported": result.escrow.created,
                "opened": result.opened,
                "broken": [one.place for one in result.broken],
                "sound": result.is_sound,
            }
        )
    elif result.is_sound:
        command.console.print(text.format(count=result.opened))


def _passphrase(options: dict[str, Any], *, twice: bool = False) -> str:
    """From the file, or typed; a new one is typed twice. Raises EscrowRefused."""
    if file := options["passphrase_file"]:
        try:
            return str((file.read_text().splitlines() or [""])[0])
        except (OSError, ValueError) as error:
            raise EscrowRefused(f"{file} cannot be read as text.") from error
    typed = getpass("Passphrase: ")
    if twice and getpass("Once more: ") != typed:
        raise EscrowRefused("The two passphrases differ.")
    return typed


SUBCOMMANDS = (Subcommand("escrow", "the root key in safe custody: export, drill, restore", _arguments, _escrow),)
