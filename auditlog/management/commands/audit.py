"""`manage.py audit seal|verify|keys|export|partitions`: the audit log from the shell (G2, G5, G7)."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone, translation
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from auditlog.actors import Actor
from auditlog.exports.csvlog import export_csv
from auditlog.exports.making import Source, in_chunks
from auditlog.exports.models import ExportFormat
from auditlog.exports.newfile import STDOUT, new_file
from auditlog.exports.periods import Period
from auditlog.exports.signatures import sign_file, with_keys
from auditlog.partitions import make_partitions
from auditlog.retention.expiry import Expiry, drop_expired
from auditlog.retention.queries import ClassRoom, all_partitions, room
from auditlog.sealing.errors import SealingError
from auditlog.sealing.exporting import export_log
from auditlog.sealing.headchecks import HeadsReport, verify_heads
from auditlog.sealing.keys import published_keys, rotate_key
from auditlog.sealing.sealer import recover, seal
from auditlog.sealing.verifying import TenantReport, verify_tenant
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State, Tenant
from tenants.queries import all_tenants, provider_scope
from vault.errors import VaultError

_FAILURES = (SealingError, VaultError, DatabaseError, psycopg.Error, OSError)


class Command(SekishoCommand):
    """Seal, verify and export the audit log. Exit codes: 0 done, 1 failed or not as sealed, 2 wrong usage."""

    help = "Seal, verify and export the audit log, and look after its partitions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand for each thing to do."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="seal|verify|keys|export|partitions")
        sealing = self._subcommand(actions, "seal", "seal what is new of every company's log, and anchor a head")
        sealing.add_argument(
            "--after-recovery",
            action="store_true",
            help="go on after you put an older state of the database back; the heads say so for good",
        )
        verify = self._subcommand(actions, "verify", "check heads, segments, every event; tell the first broken place")
        verify.add_argument("--tenant", metavar="CODE", help="the events of one company only")
        keys = self._subcommand(actions, "keys", "print the public keys to publish")
        keys.add_argument("--rotate", action="store_true", help="make a new key first, which signs from now on")
        export = self._subcommand(
            actions, "export", "write a period of a company's log to a file. Days are those of the company's time zone"
        )
        export.add_argument("code", metavar="CODE", help="the company code")
        export.add_argument(
            "--from", dest="begin", required=True, metavar="DATE", help="first day, or an ISO 8601 time"
        )
        export.add_argument("--to", dest="end", required=True, metavar="DATE", help="last day, or an ISO 8601 time")
        export.add_argument(
            "--format",
            choices=ExportFormat.values,
            default=ExportFormat.JSONL,
            help="jsonl proves itself; csv is for spreadsheets, and its signature is put beside it",
        )
        export.add_argument(
            "--out",
            required=True,
            type=Path,
            metavar="FILE",
            help="is made and must not be there; - is standard output",
        )

        partitions = self._subcommand(actions, "partitions", "how the log is divided, and what is due")
        partitions.add_argument("--make", action="store_true", help="make the missing ones first, as the worker does")
        partitions.add_argument(
            "--drop", type=int, metavar="N", help="drop what is due first, up to N of a class: look at the clock before"
        )

    def _subcommand(self, actions: Any, name: str, text: str) -> ArgumentParser:
        parser: ArgumentParser = actions.add_parser(name, help=text, description=text)
        super().add_arguments(parser)
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "seal": self._seal,
            "verify": self._verify,
            "keys": self._keys,
            "export": self._export,
            "partitions": self._partitions,
        }
        try:
            actions[options["action"]](options)
        except _FAILURES as error:
            raise CommandError(str(error)) from error

    def _seal(self, options: dict[str, Any]) -> None:
        lost = None
        if options["after_recovery"]:
            with provider_scope():
                lost = recover(actor=Actor.command())
        with self._watched(options, "Sealing") as (bar, task):
            done = seal(
                [tenant.id for tenant in all_tenants()], progress=lambda events: bar.update(task, completed=events)
            )
        if options["json"]:
            self.print_json(asdict(done) | {"recovered": lost})
            return
        if lost:
            self.console.print(f"Took over heads {lost[0]} to {lost[1]} from the anchor store.")
        self.console.print(f"Sealed {done.events:,} events in {done.segments:,} segments; anchored head {done.head}.")

    def _verify(self, options: dict[str, Any]) -> None:
        chosen = [tenant_of_code(options["tenant"])] if options["tenant"] else all_tenants()
        heads = verify_heads()
        reports: list[tuple[Tenant, TenantReport]] = []
        with self._watched(options, "Verifying") as (bar, task):
            for tenant in chosen:
                bar.update(task, description=f"Verifying {tenant.company_code}", completed=0)
                report = verify_tenant(
                    tenant.id,
                    erased=tenant.state == State.ERASED,
                    progress=lambda events: bar.update(task, completed=events),
                )
                reports.append((tenant, report))
        if options["json"]:
            self.print_json(_verification(heads, reports))
        else:
            self._print_reports(heads, reports)
        broken = [finding for finding in (heads.finding, *(report.finding for _tenant, report in reports)) if finding]
        if broken:
            raise CommandError("The audit log is not as it was sealed.")

    def _print_reports(self, heads: HeadsReport, reports: list[tuple[Tenant, TenantReport]]) -> None:
        columns = ("company", "segments", "events", "expired", "not yet sealed", "result")
        rows = [
            (
                tenant.company_code,
                f"{report.segments:,}",
                f"{report.events:,}",
                f"{report.expired:,}",
                f"{report.unsealed:,}",
                escape(str(report.finding or "sound")),
            )
            for tenant, report in reports
        ]
        self.print_table("Audit log", columns, rows)
        told = escape(str(heads.finding)) if heads.finding else "sound, and anchored"
        self.console.print(f"{heads.heads:,} heads up to {heads.newest_at or '-'}: {told}")

    def _keys(self, options: dict[str, Any]) -> None:
        if options["rotate"]:
            with provider_scope() as provider_id, tenant_transaction(provider_id):
                rotate_key(actor=Actor.command())
        keys = published_keys()
        if options["json"]:
            self.print_json(keys)
            return
        rows = [(key["key_id"], key["public_key"], key["created"]) for key in keys["keys"]]
        self.print_table("Public keys of the audit log", ("id", "Ed25519 public key", "made"), rows)
        self.console.print("Publish the output of `manage.py audit keys --json` where customers find it.")

    def _export(self, options: dict[str, Any]) -> None:
        tenant, out = tenant_of_code(options["code"]), options["out"]
        zone = ZoneInfo(tenant.time_zone)
        begin, end = _moment(options["begin"], zone), _moment(options["end"], zone, last=True)
        if begin >= end:
            raise CommandError("--from must be before --to.")
        period, digest, size = Period(begin, end), sha256(), 0
        with new_file(out) as file, self._watched(options, "Exporting") as (bar, task):
            with tenant_transaction(tenant.id):
                log = _opened(period, options["format"], tenant.time_zone)
            bar.update(task, total=log.total)
            for chunk in in_chunks(log):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                bar.update(task, completed=log.events)
        if options["format"] == ExportFormat.CSV and out != STDOUT:
            signed = sign_file(
                tenant_id=tenant.id,
                period=period,
                conditions={},
                events=log.events,
                size=size,
                sha256=digest.hexdigest(),
            )
            with new_file(out.with_name(f"{out.name}.sig.json")) as file:
                file.write(json.dumps(with_keys(signed), indent=1).encode())
        if options["json"] and out != STDOUT:
            self.print_json({"file": str(out), "events": log.events})
        else:
            self._console(options).print(f"Exported {log.events:,} events to {escape(str(out))}.")

    def _console(self, options: dict[str, Any]) -> Console:
        """Where this speaks to people: not where the file goes."""
        return Console(stderr=True) if options.get("out") == STDOUT else self.console

    def _partitions(self, options: dict[str, Any]) -> None:
        made = make_partitions() if options["make"] else 0
        expiry = Expiry()
        if options["drop"] is not None:
            with provider_scope():
                expiry = drop_expired(actor=Actor.command(), most_due=options["drop"])
        rooms = room(all_partitions(), timezone.now())
        if options["json"]:
            self.print_json({"made": made, **asdict(expiry), "classes": [asdict(one) for one in rooms]})
        else:
            self._print_rooms(rooms, made, expiry)
        if expiry.busy or expiry.refused or any(one.missing for one in rooms):
            raise CommandError(
                " ".join([*sorted(set(expiry.refused.values())), *(f"{name} is being read." for name in expiry.busy)])
                or "Partitions are missing: run this with --make."
            )

    def _print_rooms(self, rooms: list[ClassRoom], made: int, expiry: Expiry) -> None:
        columns = ("class", "partitions", "from", "to before", "MB", "about events", "next drop", "due", "missing")
        rows = [
            (
                one.retention_class,
                one.partitions,
                one.begins and f"{one.begins:%Y-%m-%d}",
                one.ends and f"{one.ends:%Y-%m-%d}",
                f"{one.bytes / 1e6:,.1f}",
                f"{one.rows:,}",
                one.next_drop and f"{one.next_drop:%Y-%m-%d}",
                one.due,
                len(one.missing),
            )
            for one in rooms
        ]
        self.print_table("Partitions of the audit log (days of UTC)", columns, rows)
        for name, events in expiry.dropped.items():
            self.console.print(f"Dropped {name} with {events:,} events.")
        if made:
            self.console.print(f"Made {made} partitions.")

    @contextmanager
    def _watched(self, options: dict[str, Any], title: str) -> Iterator[tuple[Progress, Any]]:
        """A progress bar in events, on a terminal and for people only."""
        console = self._console(options)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        hidden = options["json"] or not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
            yield bar, bar.add_task(title, total=None)


def _opened(period: Period, form: str, time_zone: str) -> Source:
    """The export in the open transaction, recorded."""
    if form == ExportFormat.JSONL:
        return export_log(period.begin, period.end, actor=Actor.command())
    language = translation.get_language() or settings.LANGUAGE_CODE
    return export_csv(period, language=language, time_zone=time_zone, actor=Actor.command())


def _verification(heads: HeadsReport, reports: list[tuple[Tenant, TenantReport]]) -> dict[str, Any]:
    return {
        "sound": not heads.finding and not any(report.finding for _tenant, report in reports),
        "heads": asdict(heads),
        "tenants": [{"company_code": tenant.company_code, **asdict(report)} for tenant, report in reports],
    }


def _moment(text: str, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """A time, or the beginning of a day of the company; of the day after, where the day is the last one."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is no date: write 2026-03-01 or 2026-03-01T09:00:00+09:00.") from error
    if "T" not in text.upper() and at.time() == time.min:
        at += timedelta(days=last)
    return at if at.tzinfo else timezone.make_aware(at, zone)
