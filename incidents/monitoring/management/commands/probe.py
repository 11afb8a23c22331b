"""`manage.py probe --url …`: look at a service from elsewhere, with neither its database nor its broker (N9)."""

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.utils import timezone

from incidents.monitoring import journal, outside
from incidents.monitoring.catalogue import INSIDE, ProbeState
from incidents.monitoring.services import Sample
from incidents.monitoring.store import open_journal
from incidents.status.outage import render_outage, render_recovery
from incidents.status.store import open_status_store
from tenants.commands import SekishoCommand
from vault.errors import StoreUnavailable

_LONGEST_SECONDS = 300  # a promise of N9: under five minutes


class Command(SekishoCommand):
    """Exit codes: 0 in order, 1 something is out of order or the store is away, 2 wrong usage."""

    help = "Look at a service from elsewhere, once or every so many seconds, and keep what was seen in a store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The service, and where to leave what was seen."""
        super().add_arguments(parser)
        parser.add_argument("--url", required=True, help="the public address of the service: https://…")
        parser.add_argument("--store", help="the store of the status page (STATUS_STORE): file:///… or s3://…")
        parser.add_argument("--name", default="outside", help="what this probe is called: small letters, digits, -")
        often = parser.add_mutually_exclusive_group()
        often.add_argument("--every", type=int, metavar="SECONDS", default=60, help="go on for ever (60)")
        often.add_argument("--once", action="store_true", help="look once and end, for cron")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look once, or until the process is ended."""
        url, name = options["url"].rstrip("/"), options["name"]
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise CommandError(f"{url!r} is no address of a service.", returncode=2)
        if not journal.is_place(name) or name == INSIDE:
            raise CommandError(f"{name!r} is no name for a probe.", returncode=2)
        if not 1 <= options["every"] <= _LONGEST_SECONDS:
            raise CommandError(f"--every takes 1 to {_LONGEST_SECONDS} seconds.", returncode=2)
        while True:
            begun = time.monotonic()
            failure = self._look(url, name, options)
            if options["once"]:
                if failure:
                    raise CommandError(failure)
                return
            if failure:
                self.stderr.write(failure)
            time.sleep(max(0.0, options["every"] - (time.monotonic() - begun)))

    def _look(self, url: str, name: str, options: dict[str, Any]) -> str:
        """Look, say what was seen, keep it; what is wrong, in words."""
        now = timezone.now()
        samples = outside.look(url, now, place=name)
        rows = [
            {"probe": one.probe, "state": one.state.value, "value": one.value, "detail": one.detail} for one in samples
        ]
        if options["json"]:
            self.print_json({"at": now, "url": url, "looks": rows})
        else:
            self.print_table(f"{url} {now:%Y-%m-%d %H:%M:%S %Z}", rows[0], [list(row.values()) for row in rows])
        broken = ", ".join(one.probe for one in samples if one.state == ProbeState.DOWN)
        wrong = [f"Out of order: {broken}."] if broken else []
        if options["store"]:
            try:
                self._keep(options["store"], name, now, samples)
            except (StoreUnavailable, ImproperlyConfigured) as error:
                wrong.append(f"What was seen could not be kept: {error}")
        return " ".join(wrong)

    def _keep(self, store: str, name: str, now: datetime, samples: list[Sample]) -> None:
        """Leave it for the service, and have the status page say whether the application answers."""
        looks, page = open_journal(store), open_status_store(store)
        journal.forget_old(looks, name, now)
        journal.write(looks, name, now, samples)
        since = journal.down_since(looks, name)
        if since is not None:
            render_outage(page, since, now)
        else:
            render_recovery(page, now)
