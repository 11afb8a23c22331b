"""Arithmetic of states over time, free of the database (N8): what was so from when to when, and what nobody knows."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.monitoring.catalogue import ProbeState

UP, DEGRADED, DOWN, UNKNOWN = ProbeState.UP, ProbeState.DEGRADED, ProbeState.DOWN, ProbeState.UNKNOWN

# Of several places that look at the same thing, whoever saw it broken is right, and whoever saw nothing says nothing.
AMONG_PLACES = (DOWN, DEGRADED, UP, UNKNOWN)
# Of several things that must all work, one that nobody looked at leaves the whole unknown.
AMONG_PARTS = (DOWN, DEGRADED, UNKNOWN, UP)


@dataclass(frozen=True, slots=True)
class Span:
    """A state from one moment to another, the last one excluded."""

    state: ProbeState
    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.until - self.since


def timeline(
    seen: Iterable[Span], start: datetime, end: datetime, *, gap: timedelta, silence: ProbeState = UNKNOWN
) -> list[Span]:
    """What one series of looks says about a period, without holes: what was seen holds until the next look.

    Between two looks that are further apart than `gap` it is `silence`, from the earlier one on. Before the first look
    it is unknown. Looks that overlap are taken in the order of their beginnings.
    """
    spans: list[Span] = []
    ordered = sorted(seen, key=lambda one: one.since)
    if not ordered:
        return [Span(UNKNOWN, start, end)] if start < end else []
    _add(spans, UNKNOWN, start, min(end, ordered[0].since))
    for at, one in enumerate(ordered):
        following = ordered[at + 1].since if at + 1 < len(ordered) else end
        last = max(one.until, one.since)
        if following - last <= gap:
            _add(spans, one.state, max(one.since, start), min(following, end))
        else:
            _add(spans, one.state, max(one.since, start), min(last, end))
            _add(spans, silence, max(last, start), min(following, end))
    return spans


def combined(timelines: Sequence[Sequence[Span]], order: Sequence[ProbeState]) -> list[Span]:
    """Several timelines of the same period as one: at each moment the state that comes first in `order`."""
    if len(timelines) == 1:
        return list(timelines[0])
    moments = sorted({moment for line in timelines for span in line for moment in (span.since, span.until)})
    positions = [0] * len(timelines)
    result: list[Span] = []
    for since, until in itertools.pairwise(moments):
        states = []
        for number, line in enumerate(timelines):
            while positions[number] < len(line) and line[positions[number]].until <= since:
                positions[number] += 1
            at = positions[number]
            states.append(line[at].state if at < len(line) and line[at].since <= since else UNKNOWN)
        _add(result, min(states, key=order.index), since, until)
    return result


def seconds_of(spans: Iterable[Span], state: ProbeState) -> float:
    """How long a state lasted altogether."""
    return sum(span.length.total_seconds() for span in spans if span.state == state)


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """What of them lies in a period."""
    result: list[Span] = []
    for span in spans:
        _add(result, span.state, max(span.since, start), min(span.until, end))
    return result


def _add(spans: list[Span], state: ProbeState, since: datetime, until: datetime) -> None:
    """Go on with the last one where nothing changes."""
    if since >= until:
        return
    if spans and spans[-1].state == state and spans[-1].until == since:
        spans[-1] = Span(state, spans[-1].since, until)
    else:
        spans.append(Span(state, since, until))
