"""`keys rotate` (P5)."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand, watched
from backups.custody import rotating
from tenants.commands import SekishoCommand, tenant_of_code
from vault.keys import key_store
from vault.rotation import FINISH_AFTER
from vault.survey import folders


def _arguments(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--root", action="store_true", help="the root key: wrap every key in the key store anew")
    what.add_argument("--tenant", metavar="CODE", help="the keyset of the tenant of this company code")
    what.add_argument("--platform", action="store_true", help="the keyset of the platform's own backups")
    what.add_argument("--signing", metavar="PURPOSE", help="the signing key of a purpose, such as backups.manifest")
    parser.add_argument("--finish", action="store_true", help="with --root: retire the old root key")


def _rotate(command: SekishoCommand, options: dict[str, Any]) -> None:
    if options["finish"] and not options["root"]:
        raise CommandError("--finish belongs to --root.", returncode=2)
    if options["root"]:
        _rotate_root(command, options)
    elif options["tenant"]:
        tenant = tenant_of_code(options["tenant"])
        renewed = rotating.rotate_tenant_keys(tenant, actor=Actor.command())
        result: dict[str, Any] = {"tenant": tenant.company_code, "key_id": renewed.key_id, "keys": renewed.key_ids}
        _say(command, options, result, f"{tenant.company_code} seals with the key {renewed.key_id} from now on.")
    elif options["platform"]:
        renewed = rotating.rotate_platform_keys(actor=Actor.command())
        result = {"platform": True, "key_id": renewed.key_id, "keys": renewed.key_ids}
        _say(command, options, result, f"Backups of the platform are sealed with the key {renewed.key_id} from now on.")
    else:
        key = rotating.rotate_signing_key(options["signing"], actor=Actor.command())
        result = {"purpose": key.purpose, "key_id": key.key_id, "version": key.version}
        _say(command, options, result, f"{key.purpose} is signed with the key {key.key_id} from now on.")


def _rotate_root(command: SekishoCommand, options: dict[str, Any]) -> None:
    deed = rotating.finish_root_key if options["finish"] else rotating.rotate_root_key
    total = sum(1 for _ in folders(key_store()))
    done = 0
    with watched(command, options, "keys") as progress:

        def step(count: int) -> None:
            nonlocal done
            done += count
            progress("rotate", done, total)

        rotated = deed(actor=Actor.command(), step=step)
    if options["finish"]:
        text = f"The old root key opens nothing any more: {rotated.versions} versions under it were removed."
    else:
        minutes = int(FINISH_AFTER.total_seconds() // 60)
        text = (
            f"Everything is wrapped by {rotated.new}; {rotated.versions} versions were written. Bring the new root key "
            f"to every machine, put it into escrow (`keys escrow export`), wait {minutes} minutes, then run "
            "`manage.py keys rotate --root --finish`."
        )
    _say(command, options, asdict(rotated), text)


def _say(command: SekishoCommand, options: dict[str, Any], result: dict[str, Any], text: str) -> None:
    if options["json"]:
        command.print_json(result)
    else:
        command.console.print(text)


SUBCOMMANDS = (Subcommand("rotate", "renew the root key, a keyset or a signing key", _arguments, _rotate),)
