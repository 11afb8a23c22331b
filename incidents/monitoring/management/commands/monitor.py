"""`manage.py monitor …`: the probes from the shell (N9)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from auditlog.actors import Actor
from incidents.monitoring import looking, services
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.queries import component_states, newest_looks
from tenants.commands import SekishoCommand
from tenants.queries import provider_scope

_COLUMNS = ("probe", "place", "state", "value", "seen_at", "detail")


class Command(SekishoCommand):
    """Look now, or show what was seen last. Exit codes: 0 in order, 1 something is out of order, 2 wrong usage."""

    help = "Look at everything that the service needs, or show what was seen last."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`run` or `show`."""
        super().add_arguments(parser)
        parser.add_argument("action", choices=("run", "show"), help="look now and keep it, or show what was seen last")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it."""
        if options["action"] == "run":
            samples = looking.look(only=looking.QUESTIONS.keys())
            with provider_scope():
                services.keep(samples, actor=Actor.command())
        now = timezone.now()
        rows = [
            {
                "probe": one.probe.code,
                "place": one.place,
                "state": one.state.value,
                "value": None if one.value is None else round(one.value, 3),
                "seen_at": one.seen_at.isoformat(timespec="seconds"),
                "detail": one.detail,
            }
            for one in newest_looks(now)
        ]
        states = {code: state.value for code, state in component_states(now).items()}
        if options["json"]:
            self.print_json({"components": states, "probes": rows})
        else:
            self.print_table("Parts of the service", ("component", "state"), states.items())
            self.print_table("Probes", _COLUMNS, [[row[name] for name in _COLUMNS] for row in rows])
        broken = [row["probe"] for row in rows if row["state"] == ProbeState.DOWN]
        if broken:
            raise CommandError(f"Out of order: {', '.join(dict.fromkeys(map(str, broken)))}.")
