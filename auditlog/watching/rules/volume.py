"""Much at once: downloads that carry a company's documents away, deletions that destroy them (G9)."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from auditlog.watching.looking import Look, Seen, Sighting, crowded, grouped
from auditlog.watching.models import Severity
from auditlog.watching.registry import Rule, Threshold, register
from auditlog.watching.rules.failures import MINUTES

_FOLDER_DELETED = "documents.folder.deleted"


def _one(_event: Seen) -> int:
    return 1


def _documents(event: Seen) -> int:
    """How many documents went: one, or those in the folder."""
    if event.action != _FOLDER_DELETED:
        return 1
    lost = (event.before or {}).get("documents")
    return lost if isinstance(lost, int) else 1


def _much(what: str, weight: Callable[[Seen], int]) -> Callable[[Look], Iterator[Sighting]]:
    def find(look: Look) -> Iterator[Sighting]:
        people = {event.actor_id for event in look.new if event.actor_id}
        by_person = grouped(look.surroundings(actor_id__in=people), lambda event: event.actor_id)
        for person, events in by_person.items():
            found = crowded(events, span=look.span, many=look.limits[what], weight=weight)
            if any(event.new for event in found):
                yield Sighting(str(person), found, weight=weight)

    return find


MASS_DOWNLOAD = register(
    Rule(
        code="volume.downloads",
        label=_("Very many downloads"),
        explanation=_("Somebody downloads so many files in a short time that they may be carrying them away."),
        severity=Severity.MEDIUM,
        actions=frozenset({"documents.file.downloaded"}),
        find=_much("files", _one),
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
        actions=frozenset({"documents.document.deleted", _FOLDER_DELETED}),
        find=_much("documents", _documents),
        thresholds=(Threshold("documents", _("documents"), 50, 100_000), MINUTES),
    )
)
