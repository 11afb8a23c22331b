"""`keys status` and `keys doctor` (P5)."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from rich.markup import escape

from backups.commands.subcommand import Subcommand
from backups.custody.examining import examine
from backups.custody.status import KeyStatus, age_days, key_status, lacks_keys
from tenants.commands import SekishoCommand
from vault.escrownotes import Note
from vault.survey import Described


def _no_arguments(_parser: ArgumentParser) -> None:
    """There are none."""


def _status(command: SekishoCommand, options: dict[str, Any]) -> None:
    status = key_status()
    figures = _figures(status)
    if options["json"]:
        command.print_json(figures)
        return
    root = figures["root_key"]
    rows = [
        ("installation", status.installation),
        ("root key", f"{root['id']} ({root['kind']})\n{root['address']}"),
        ("rotation", "not finished: keys rotate --root --finish" if root["rotation_unfinished"] else "none under way"),
        ("escrow", _told(root["escrow"])),
        ("drill", _told(root["drill"])),
        ("destroyed keysets", status.destroyed),
    ]
    command.print_table("Keys", ("", ""), rows)
    counted = [(group, key, count) for group, keys in figures["versions"].items() for key, count in keys.items()]
    command.print_table("Versions by root key", ("class", "root key", "versions"), counted)
    tenants = [
        (one["tenant"], one["state"], one["keys"] or "none", one["version"], one["age_days"])
        for one in figures["tenants"]
    ]
    command.print_table("Companies", ("company", "state", "keys", "version", "days old"), tenants)
    signing = [(one["purpose"], one["keys"], one["age_days"]) for one in figures["signing"]]
    command.print_table("Signing keys", ("purpose", "keys", "days old"), signing)


def _figures(status: KeyStatus) -> dict[str, Any]:
    """The state for machines."""
    root = status.root
    return {
        "installation": status.installation,
        "root_key": {
            "id": root.id,
            "kind": "kms" if root.is_kms else "file",
            "address": root.address,
            "rotation_unfinished": root.unfinished,
            "escrow": _noted(root.escrow, holds_present=root.escrow_is_present),
            "drill": _noted(root.drill, holds_present=root.drill_is_present),
        },
        "versions": {group: dict(counter) for group, counter in status.versions.items()},
        "tenants": [
            {
                "tenant": tenant.company_code,
                "state": tenant.state,
                "lacks_keys": lacks_keys(tenant, keyset),
                **_described(keyset),
            }
            for tenant, keyset in status.tenants
        ],
        "without_company": status.strangers,
        "signing": [{"purpose": one.name, **_described(one)} for one in status.signing],
        "destroyed": status.destroyed,
    }


def _described(one: Described | None) -> dict[str, Any]:
    if one is None:
        return {"keys": 0, "version": None, "since": None, "age_days": None}
    return {"keys": one.keys, "version": one.newest["version"], "since": one.since, "age_days": age_days(one.since)}


def _noted(note: Note | None, *, holds_present: bool) -> dict[str, Any] | None:
    if note is None:
        return None
    return {
        "at": note.at.isoformat(),
        "age_days": age_days(note.at),
        "root_key": note.root_key,
        "holds_present": holds_present,
    }


def _told(noted: dict[str, Any] | None) -> str:
    if noted is None:
        return "never"
    which = "the present root key" if noted["holds_present"] else f"another root key: {noted['root_key']}"
    return f"{noted['at']}, {noted['age_days']} days ago, {which}"


def _doctor(command: SekishoCommand, options: dict[str, Any]) -> None:
    findings = examine()
    if options["json"]:
        command.print_json({"findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            command.console.print(f"{one.code}: {escape(one.text)}")
        if not findings:
            command.console.print("Every key opens, every company's newest file decrypts, the escrow is in order.")
    if findings:
        raise CommandError(f"{len(findings)} things are wrong with the keys.")


SUBCOMMANDS = (
    Subcommand("status", "which keys there are, how old, under which root key, and its escrow", _no_arguments, _status),
    Subcommand("doctor", "try everything; exit code 1 when something is wrong", _no_arguments, _doctor),
)
