"""`manage.py mail …`: mails to many from the shell, and what comes back of them (N1, N2, N6)."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from auditlog.actors import Actor
from incidents.mailing import bounces, expanding, finishing, queries, sending
from incidents.mailing.reports import MOST_BYTES, ReportRefusedError
from tenants.commands import SekishoCommand
from tenants.isolation.context import platform_scope
from tenants.queries import provider_scope

# What mail servers understand of the program at the end of a pipe (sysexits.h).
_NOT_OURS, _LATER = os.EX_DATAERR, os.EX_TEMPFAIL


class Command(SekishoCommand):
    """Exit codes: 0 done, 2 wrong usage; of `bounced` also 65 for a report that was refused and 75 for "later"."""

    help = "Send the mails that wait, show what became of mails to many, and take in reports of returned mails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word: what to do."""
        super().add_arguments(parser)
        actions = parser.add_subparsers(dest="action", required=True, metavar="send|show|bounced")
        actions.add_parser("send", help="send what waits, here and now, beside the workers")
        actions.add_parser("show", help="the newest mails to many, and how many mails of each are in which state")
        actions.add_parser("bounced", help="take in a report (RFC 3464) from standard input, as a mail server pipes it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        {"send": self._send, "show": self._show, "bounced": self._bounced}[options["action"]](options)

    def _send(self, options: dict[str, Any]) -> None:
        sent = 0
        with platform_scope():
            for mailing_id in queries.open_mailings(timezone.now()):
                expanding.expand(mailing_id)
                while some := sending.send(mailing_id):
                    sent += some
                with provider_scope():
                    finishing.finish(mailing_id, actor=Actor.command())
        self._print({"sent": sent}, f"{sent} sent.", options)

    def _show(self, options: dict[str, Any]) -> None:
        rows = [(mailing, queries.numbers_of(mailing.id)) for mailing in queries.newest_mailings()]
        if options["json"]:
            self.print_json([{"id": one.id, "subject": one.subject_ja, **numbers.recorded()} for one, numbers in rows])
            return
        columns = ("Started", "Subject", "Waiting", "Sent", "Refused", "Came back", "Not sent", "Trouble")
        lines = [
            (
                one.started_at,
                one.subject_ja,
                each.queued,
                each.sent,
                each.refused,
                each.bounced,
                each.skipped,
                one.trouble,
            )
            for one, each in rows
        ]
        self.print_table("Mails to many", columns, lines)

    def _bounced(self, options: dict[str, Any]) -> None:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            with provider_scope():
                delivery = bounces.take_report(raw, actor=Actor.command())
        except ReportRefusedError as refusal:
            raise CommandError(f"Refused: {refusal}", returncode=_NOT_OURS) from refusal
        except DatabaseError as error:
            raise CommandError(f"Try again later: {error}", returncode=_LATER) from error
        text = f"Noted: {delivery.address} was not reached." if delivery else "Nothing failed for good: nothing noted."
        self._print({"noted": str(delivery.id) if delivery else None}, text, options)

    def _print(self, values: dict[str, Any], text: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.print_json(values)
        else:
            self.console.print(text)
