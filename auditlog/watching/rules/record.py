"""The record itself: somebody who switches capturing off may have something to hide (G9)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from auditlog.recording.actions import RECORDING_CHANGED
from auditlog.watching.looking import Look, Seen, Sighting, grouped
from auditlog.watching.models import Severity
from auditlog.watching.registry import Rule, register


def _switched_off(look: Look) -> Iterator[Sighting]:
    changes = [event for event in look.new if _captures_less(event)]
    for user_id, events in grouped(changes, lambda event: event.actor_user_id).items():
        yield Sighting(user_id, events)


def _captures_less(event: Seen) -> bool:
    """Whether something was captured before and is not after. Traces end by themselves, so they are no sign."""
    before, after = event.before or {}, event.after or {}
    return any(before[kind] is True and after.get(kind) is False for kind in before)


CAPTURE_OFF = register(
    Rule(
        code="record.capture_off",
        label=_("Capturing switched off"),
        explanation=_("Somebody makes the audit log leave out a kind of events that it has recorded until then."),
        severity=Severity.HIGH,
        actions=frozenset({RECORDING_CHANGED.code}),
        find=_switched_off,
    )
)
