"""`manage.py incident open|list|show|publish|log`: incidents from the shell, when the pages do not answer (N1, N3)."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone

from auditlog.actors import Actor
from incidents import publishing, queries
from incidents.checklist import checklist
from incidents.components import BY_CODE
from incidents.log import words_of
from incidents.models import Incident, Source
from incidents.services import note, open_incident
from incidents.severity import Severity
from tenants.commands import SekishoCommand, command_error, tenant_of_code
from tenants.queries import provider_scope

_COLUMNS = ("number", "severity", "status", "title", "detected", "published", "recovered", "commander")


class Command(SekishoCommand):
    """Exit codes: 0 done, 1 refused, 2 wrong usage. Everything is recorded in the provider's audit log."""

    help = "Open an incident, list and show incidents, publish what is drafted, write into the log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word: what to do."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="open|list|show|publish|log")
        opening = actions.add_parser("open", help="open an incident; its first notice is drafted at once")
        opening.add_argument("--severity", choices=Severity.values, required=True)
        opening.add_argument("--title", required=True, help="in Japanese, as customers read it")
        opening.add_argument("--title-en", default="", help="in English")
        opening.add_argument("--component", action="append", default=[], choices=list(BY_CODE))
        opening.add_argument("--detected", metavar="TIME", help="such as 2026-04-28T17:50 in Japan; left out, now")
        opening.add_argument("--company", action="append", default=[], metavar="CODE", help="left out, every company")
        opening.add_argument("--personal-data", action="store_true", help="personal data may have leaked")
        listing = actions.add_parser("list", help="those that go on")
        listing.add_argument("--all", action="store_true", help="those that have ended, too")
        showing = actions.add_parser("show", help="how one stands: promises, reports, log")
        publishing_one = actions.add_parser("publish", help="publish the draft of one as it is")
        logging = actions.add_parser("log", help="write a line into the internal log of one")
        for one in (showing, publishing_one, logging):
            one.add_argument("number", metavar="NUMBER", help="such as INC-2026-0007")
        logging.add_argument("text", metavar="TEXT")
        for action in (opening, listing, showing, publishing_one, logging):
            super().add_arguments(action)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, for the provider."""
        try:
            with provider_scope():
                getattr(self, f"_{options['action']}")(options)
        except ValidationError as error:
            raise command_error(error) from error

    def _open(self, options: dict[str, Any]) -> None:
        companies = [tenant_of_code(code).id for code in options["company"]]
        opened = open_incident(
            severity=options["severity"],
            title_ja=options["title"],
            title_en=options["title_en"],
            components=options["component"],
            detected_at=_moment(options["detected"]) if options["detected"] else timezone.now(),
            tenants=companies or None,
            source=Source.COMMAND,
            personal_data=options["personal_data"],
            actor=Actor.command(),
        )
        self._say(opened, options)

    def _list(self, options: dict[str, Any]) -> None:
        listed = queries.every_incident() if options["all"] else queries.open_incidents()
        if options["json"]:
            self.print_json([_figures(one) for one in listed])
        else:
            self.print_table("Incidents", _COLUMNS, [list(_figures(one).values()) for one in listed])

    def _show(self, options: dict[str, Any]) -> None:
        self._say(_found(options["number"]), options)

    def _publish(self, options: dict[str, Any]) -> None:
        incident = _found(options["number"])
        draft = next((report for report in queries.reports_of(incident) if report.is_draft), None)
        if draft is None:
            raise CommandError(f"{incident} has no draft.")
        publishing.publish_report(draft, actor=Actor.command())
        self._say(_found(options["number"]), options)

    def _log(self, options: dict[str, Any]) -> None:
        incident = _found(options["number"])
        note(incident, text=options["text"], actor=Actor.command())
        self._say(incident, options)

    def _say(self, incident: Incident, options: dict[str, Any]) -> None:
        promises = [
            {"promise": item.kind, "state": item.state, "due": item.deadline and item.deadline.due_at}
            for item in checklist(incident, queries.deadlines_of(incident))
        ]
        reports = [
            {"kind": one.kind, "state": one.state, "title": one.title_ja, "published": one.published_at}
            for one in queries.reports_of(incident)
        ]
        log = [
            {"at": one.at, "by": one.actor_name, "kind": one.kind, "text": f"{words_of(one)} {one.text}".strip()}
            for one in queries.log_of(incident)
        ]
        if options["json"]:
            self.print_json(_figures(incident) | {"promises": promises, "reports": reports, "log": log})
            return
        self.print_table("Incident", _COLUMNS, [list(_figures(incident).values())])
        for title, rows in (("Promises", promises), ("Reports", reports), ("Log", log)):
            if rows:
                self.print_table(title, rows[0], [list(row.values()) for row in rows])


def _found(number: str) -> Incident:
    incident = queries.find_incident(number.upper())
    if incident is None:
        raise CommandError(f"There is no incident {number}.")
    return incident


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no time: write it as 2026-04-28T17:50.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Asia/Tokyo"))


def _figures(incident: Incident) -> dict[str, Any]:
    return {
        "number": incident.number,
        "severity": incident.severity,
        "status": incident.status,
        "title": incident.title_ja,
        "detected": incident.detected_at,
        "published": incident.published_at,
        "resolved": incident.resolved_at,
        "commander": incident.commander_name,
    }
