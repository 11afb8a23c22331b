"""`tenant export` (R3)."""

import errno
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.template.defaultfilters import filesizeformat
from rich.progress import Progress as Bar

from auditlog.actors import Actor
from retention.returning.folder import Exported, export_to_folder
from retention.returning.progress import Progress, silent
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.models import State, Tenant
from tenants.subcommands.subcommand import Subcommand
from vault.errors import VaultError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="company code")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="a folder that is there")
    parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="ja",
                        help="of the headings (default: ja)")  # fmt: skip


def _export(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant, folder = tenant_of_code(options["code"]), options["out"]
    if tenant.state == State.ERASED:
        raise CommandError(f"{tenant.company_code} was erased: there is nothing left to export.")
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    try:
        exported = _written(command, tenant, folder, options)
    except OSError as error:
        if error.errno in _FULL:
            text = f"The disk of {folder} is full. Nothing was left there; make room and run the command again."
            raise CommandError(text) from error
        raise CommandError(f"{folder}: {error.strerror or error}. Nothing was left there.") from error
    except VaultError as error:
        raise CommandError(f"{error}. Nothing was left in {folder}; run the command again.") from error
    _tell(command, exported, as_json=options["json"])


def _written(command: SekishoCommand, tenant: Tenant, folder: Path, options: dict[str, Any]) -> Exported:
    chosen: dict[str, Any] = {"language": options["language"], "actor": Actor.command()}
    if options["json"] or not command.stdout.isatty():
        return export_to_folder(tenant, folder, **chosen, tell=silent)
    with Bar(console=command.console) as bar:
        task = bar.add_task(tenant.company_code)

        def tell(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        return export_to_folder(tenant, folder, **chosen, tell=tell)


def _tell(command: SekishoCommand, exported: Exported, *, as_json: bool) -> None:
    written = exported.written
    if as_json:
        parts = [
            {"file": file, "size": part.size, "sha256": part.sha256, "entries": part.entries}
            for file, part in zip(exported.files, written.parts, strict=True)
        ]
        facts = {"snapshot_at": written.snapshot_at.isoformat(), "files": written.files}
        command.print_json({**facts, "unreadable": written.unreadable, "parts": parts})
        return
    for file, part in zip(exported.files, written.parts, strict=True):
        command.console.print(f"{file}  {filesizeformat(part.size)}  SHA-256 {part.sha256}")
    command.console.print(f"{written.files:,} files, as of {written.snapshot_at:%Y-%m-%d %H:%M:%S} UTC.")
    if written.unreadable:
        command.console.print(f"{written.unreadable:,} contents could not be read; manifest.json names them.")


SUBCOMMANDS = (Subcommand("export", "write everything of a tenant into a folder, as ZIP files", _arguments, _export),)
