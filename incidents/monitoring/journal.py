"""Looks on paper: one small object each in a store, until the service reads them in (N8, N9).

For probes elsewhere, and for what the service sees while its own database is away. A look is written once, under a name
that says when it was and how it went, so that whoever lists the names knows the story; reading in twice does no harm.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from incidents.monitoring.catalogue import BY_CODE, ProbeState
from incidents.monitoring.services import Sample
from vault.errors import ObjectExists
from vault.stores import ObjectStore

# What nobody has read in by then is of no use any more.
KEPT = timedelta(days=7)
_PLACE = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
_NAME = re.compile(r"(?P<place>[a-z0-9-]+)/(?P<at>\d{8}T\d{12}Z)-(?P<state>up|down)\.json")
_STAMP = "%Y%m%dT%H%M%S%fZ"
_FACE = frozenset({"login_page", "database"})
_LARGEST = 20_000  # bytes of a look; a longer one is none of ours


@dataclass(frozen=True, slots=True)
class Written:
    """A look in the store, as its name tells it."""

    name: str
    place: str
    at: datetime
    down: bool


def is_place(name: str) -> bool:
    """Whether a probe may go by that name."""
    return _PLACE.fullmatch(name) is not None


def does_not_answer(samples: Sequence[Sample]) -> bool:
    """Whether people see nothing of the application, whatever else is or is not in order."""
    return any(one.state == ProbeState.DOWN and one.probe in _FACE for one in samples)


def write(store: ObjectStore, place: str, at: datetime, samples: Sequence[Sample]) -> None:
    """Put one look down. Raises StoreUnavailable."""
    state = "down" if does_not_answer(samples) else "up"
    seen = [{"probe": one.probe, "state": one.state, "value": one.value, "detail": one.detail[:300]} for one in samples]
    name = f"{place}/{at.astimezone(UTC).strftime(_STAMP)}-{state}.json"
    try:
        store.put(name, json.dumps({"samples": seen}).encode())
    except ObjectExists:  # the same look, put down again
        return


def written(store: ObjectStore, place: str = "") -> Iterator[Written]:
    """The looks in the store, those of a place in the order of time."""
    for each in store.list(f"{place}/" if place else ""):
        found = _NAME.fullmatch(each.name)
        if found:
            at = datetime.strptime(found["at"], _STAMP).replace(tzinfo=UTC)
            yield Written(each.name, found["place"], at, found["state"] == "down")


def samples_of(store: ObjectStore, look: Written) -> list[Sample]:
    """What was seen then. Whoever may write to the store may lie, but not break anything: nonsense is left out."""
    with store.open(look.name) as reader:
        content = reader.read() if reader.size <= _LARGEST else b""
    try:
        seen = json.loads(content)["samples"]
        return [
            Sample(
                one["probe"],
                ProbeState(one["state"]),
                look.at,
                None if one["value"] is None else float(one["value"]),
                str(one["detail"]),
                look.place,
            )
            for one in seen
            if one["probe"] in BY_CODE
        ]
    except (ValueError, KeyError, TypeError):
        return []


def down_since(store: ObjectStore, place: str) -> datetime | None:
    """Since when no look of that place was answered; None if the newest was."""
    since = None
    for look in written(store, place):
        since = (since or look.at) if look.down else None
    return since


def forget_old(store: ObjectStore, place: str, now: datetime) -> None:
    """Remove what nobody read in for so long."""
    for look in written(store, place):
        if look.at > now - KEPT:
            return
        store.delete(look.name)
