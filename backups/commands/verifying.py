"""`backup verify` (B5)."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import (
    FAILURES,
    PLATFORM,
    AnyArchive,
    Subcommand,
    every_archive,
    figures,
    found_anywhere,
    watched,
    whose,
)
from backups.errors import ArchiveUnknown
from backups.progress import Progress, silent
from backups.runs.models import PlatformArchive
from backups.runs.platform import verify_platform_archive
from backups.sites.platform import verify_platform_copy
from backups.sites.services import second_site, verify_copy
from backups.verifying import verify_archive
from tenants.commands import SekishoCommand
from tenants.isolation.context import tenant_scope
from tenants.queries import provider_scope


def _arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=UUID, nargs="?", metavar="ID", help="one backup, of a company or of the platform")
    which.add_argument("--all", dest="everything", action="store_true", help="every backup there is")
    parser.add_argument("--site", choices=("first", "second"), default="first", help="where to read it (first)")


def _verify(command: SekishoCommand, options: dict[str, Any]) -> None:
    if options["everything"]:
        _verify_all(command, options)
        return
    archive, second = found_anywhere(options["id"]), options["site"] == "second"
    with watched(command, options, "verify") as progress:
        damage = _damage(archive, second=second, progress=progress)
    where = " at the second site" if second else ""
    if options["json"]:
        told = {"id": archive.id, "site": "second", "sound": not damage, "error": damage}
        command.print_json(told if second else figures(archive))
    elif not damage:
        files = "" if isinstance(archive, PlatformArchive) else f", {archive.object_count} files"
        command.console.print(f"Backup {archive.id} is sound{where}: {archive.row_count} rows{files}.")
    if damage:
        raise CommandError(f"Backup {archive.id} is damaged{where}. {damage}")


def _verify_all(command: SekishoCommand, options: dict[str, Any]) -> None:
    second = options["site"] == "second"
    if second:
        second_site()  # one message, not one for each backup
    chosen = [archive for archive in every_archive() if archive.copied_at or not second]
    with watched(command, options, "verify") as progress:
        found = list(_verified(chosen, second=second, progress=progress))
    results = [
        {**told, "site": options["site"], "sound": sound, "error": error}
        for told, (_archive, sound, error) in zip(
            whose(archive for archive, _sound, _error in found), found, strict=True
        )
    ]
    if options["json"]:
        command.print_json(results)
    else:
        rows = [
            (_owner(r), r["id"], (r["snapshot_at"] or "")[:16].replace("T", " "), _WORDS[r["sound"]], r["error"])
            for r in results
        ]
        command.print_table("Backups verified", ("company", "id", "as of (UTC)", "result", "cause"), rows)
    wrong = [f"{_owner(r)} {r['id']}: {_WORDS[r['sound']]}. {r['error']}" for r in results if not r["sound"]]
    if wrong:
        raise CommandError("\n".join(wrong))


_WORDS = {True: "sound", False: "damaged", None: "not verified"}


def _owner(result: dict[str, Any]) -> str:
    return result["company_code"] or PLATFORM


def _verified(
    archives: list[AnyArchive], *, second: bool, progress: Progress
) -> Iterator[tuple[AnyArchive, bool | None, str]]:
    """Each archive, whether it is sound and why not; one that left with its generation meanwhile is passed over."""
    for number, archive in enumerate(archives):
        progress(str(archive.id), number, len(archives))
        try:
            current = found_anywhere(archive.id)
            error = _damage(current, second=second, progress=silent)
        except ArchiveUnknown:
            continue
        except FAILURES as failure:  # nothing can be said of this one
            yield archive, None, str(failure)
        else:
            yield current, not error, error


def _damage(archive: AnyArchive, *, second: bool, progress: Progress) -> str:
    """What is wrong with it, or nothing."""
    actor = Actor.command()
    if isinstance(archive, PlatformArchive):
        with provider_scope():
            if second:
                return verify_platform_copy(archive, actor=actor, progress=progress)
            return "" if verify_platform_archive(archive, actor=actor, progress=progress) else archive.error
    with tenant_scope(archive.tenant_id):
        if second:
            return verify_copy(archive, actor=actor, progress=progress)
        return "" if verify_archive(archive, actor=actor, progress=progress) else archive.error


SUBCOMMANDS = (
    Subcommand("verify", "read every byte of backups and compare it with their manifests", _arguments, _verify),
)
