"""The record itself: capturing that is switched off, forwarding that stands still, a seal that was broken (G9)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from auditlog.forwarding.actions import FORWARDING_FAILED, FORWARDING_GAP
from auditlog.recording.actions import RECORDING_CHANGED
from auditlog.verification.actions import LOG_BROKEN, SEALER_STOPPED
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


def _reported(look: Look) -> Iterator[Sighting]:
    """What another part of the product has found out, and put on record."""
    for target, events in grouped(look.new, lambda event: event.target_id or event.action).items():
        yield Sighting(str(target), events, about_actor=False, network=events[-1].target_label)


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
FORWARDING = register(
    Rule(
        code="record.forwarding",
        label=_("Forwarding of the audit log fails"),
        explanation=_("A destination does not take the audit log, or events ran out before they could be forwarded."),
        severity=Severity.MEDIUM,
        actions=frozenset({FORWARDING_FAILED.code, FORWARDING_GAP.code}),
        find=_reported,
    )
)
PROOF = register(
    Rule(
        code="record.proof",
        label=_("The audit log is not proved"),
        explanation=_("A verification found the audit log not as it was sealed, or it is not being sealed any more."),
        severity=Severity.HIGH,
        actions=frozenset({LOG_BROKEN.code, SEALER_STOPPED.code}),
        find=_reported,
    )
)
