"""What a rule sees: the new events of one tenant, and the few earlier ones that it asks for (G9)."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from auditlog.watching import queries

# Under a flood more events would not change what is found.
_MOST_EVENTS = 20_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules look at of an event. `new` is whether nobody has looked at it before."""

    id: UUID
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    actor_id: UUID | None
    actor_user_id: str
    actor_name: str
    ip: str | None
    session_id: UUID | None
    target_id: str
    target_label: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A rule has noticed something about a subject: these events, oldest first, of which one at least is new."""

    subject: str
    events: Sequence[Seen]
    network: str = ""
    about_actor: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """One look of one rule: the new events of its actions, its thresholds, the zone of the company."""

    new: Sequence[Seen]
    actions: Collection[str]
    limits: Mapping[str, int]
    zone: ZoneInfo

    def surroundings(self, **conditions: Any) -> list[Seen]:
        """The events of the rule's actions, oldest first, that share a window of `minutes` with a new one."""
        span = self.span
        keys = {event.id for event in self.new}
        found = queries.events_between(
            min(event.at for event in self.new) - span,
            max(event.at for event in self.new) + span,
            actions=self.actions,
            limit=_MOST_EVENTS,
            **conditions,
        )
        return [Seen(*(*values, values[0] in keys)) for values in found]

    @property
    def span(self) -> timedelta:
        """The threshold `minutes` as a length of time."""
        return timedelta(minutes=self.limits["minutes"])


def crowded(
    events: Iterable[Seen],
    *,
    span: timedelta,
    many: int,
    each: Callable[[Seen], object] | None = None,
) -> list[Seen]:
    """Those events that lie in some stretch shorter than `span` in which there are `many`; oldest first.

    What is counted are the events, or, with `each`, the different values that it gives.
    """
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    found: list[Seen] = []
    first, told = 0, 0
    different: Counter[object] = Counter()
    for last, event in enumerate(ordered):
        if each:
            different[each(event)] += 1
        while event.at - ordered[first].at >= span:
            if each:
                gone = each(ordered[first])
                different[gone] -= 1
                if not different[gone]:
                    del different[gone]
            first += 1
        if (len(different) if each else last - first + 1) >= many:
            found.extend(ordered[max(first, told) : last + 1])
            told = last + 1
    return found


def grouped(events: Iterable[Seen], by: Callable[[Seen], Any]) -> dict[Any, list[Seen]]:
    """The events by what they have in common; those without it are left out."""
    groups: dict[Any, list[Seen]] = {}
    for event in events:
        if key := by(event):
            groups.setdefault(key, []).append(event)
    return groups
