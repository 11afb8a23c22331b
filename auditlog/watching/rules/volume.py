"""Much at once: downloads that carry a company's documents away, deletions that destroy them (G9)."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from auditlog.watching.looking import Look, Sighting, crowded, grouped
from auditlog.watching.models import Severity
from auditlog.watching.registry import Rule, Threshold, register
from auditlog.watching.rules.failures import MINUTES


def _much(what: str) -> Callable[[Look], Iterator[Sighting]]:
    def find(look: Look) -> Iterator[Sighting]:
        people = {event.actor_id for event in look.new if event.actor_id}
        by_person = grouped(look.surroundings(actor_id__in=people), lambda event: event.actor_id)
        for person, events in by_person.items():
            found = crowded(events, span=look.span, many=look.limits[what])
            if any(event.new for event in found):
                yield Sighting(str(person), found)

    return find


MASS_DOWNLOAD = register(
    Rule(
        code="volume.downloads",
        label=_("Very many downloads"),
        explanation=_("Somebody downloads so many files in a short time that they may be carrying them away."),
        severity=Severity.MEDIUM,
        actions=frozenset({"documents.file.downloaded"}),
        find=_much("files"),
        thresholds=(Threshold("files", _("files"), 100, 100_000), MINUTES),
    )
)
MASS_DELETION = register(
    Rule(
        code="volume.deletions",
        label=_("Very many deletions"),
        explanation=_(
            "Somebody deletes so many documents in a short time, one by one or by folders, that it may be no routine."
        ),
        severity=Severity.HIGH,
        actions=frozenset({"documents.document.deleted"}),  # also one for each that goes with a folder
        find=_much("documents"),
        thresholds=(Threshold("documents", _("documents"), 50, 100_000), MINUTES),
    )
)
