"""What needs a person now: every area names its own, the start page of whoever holds the menu shows them together (N9).

A source is asked in the transaction of a page of the provider's; it reads in a transaction of its own and names at most
`MOST` needs, those first that press most.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

MOST = 50


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for somebody: what it is, where to go, since when, and by when if there is such a time."""

    title: str
    link: str
    since: datetime
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An area that knows of needs. `label` says in a word or two what kind they are; `menu` is whose they are."""

    code: str
    label: Promise
    menu: str
    icon: str
    read: Callable[[], Iterable[Need]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A need with the source that named it, as a page shows it."""

    need: Need
    source: Source
    overdue: bool


_sources: dict[str, Source] = {}


def register_needs(source: Source) -> None:
    """Ask this source too, from now on. Once for each code, when its app is ready."""
    _sources[source.code] = source


def waiting_for(menus: Collection[str], now: datetime) -> list[Waiting]:
    """Everything that waits for holders of these menus: what is overdue, then what is due next, then the oldest."""
    asked = [source for source in _sources.values() if source.menu in menus]
    found = [Waiting(need, source, _is_overdue(need, now)) for source in asked for need in source.read()]
    return sorted(found, key=_pressing)


def _is_overdue(need: Need, now: datetime) -> bool:
    return need.due is not None and need.due <= now


def _pressing(waiting: Waiting) -> tuple[bool, bool, datetime]:
    due = waiting.need.due
    return not waiting.overdue, due is None, due or waiting.need.since
