"""What the status page says, as one document: `status.json` (N1, N8).

It is the whole of what becomes public: pages and feeds are made from it and from nothing else, so it names no company
and holds no internal log. Whoever has the document can render the page without the application.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

FORMAT = "sekisho-status/1"
# Rendered every minute; one that is older than this says nothing about now.
STALE_AFTER = timedelta(minutes=5)
DAYS = 90
# An outage that the probe outside has not confirmed for so long is over, or nobody looks any more.
CONFIRMED_FOR = timedelta(minutes=5)
GOING_ON = frozenset({"investigating", "identified", "monitoring"})


class DocumentUnreadable(ValueError):  # noqa: N818 - reads as the statement it is
    """The file is no status document of this format."""


class State(StrEnum):
    """How a part of the service does, the best first."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"
    DEGRADED = "degraded"
    DOWN = "down"


def worst(states: Iterable[State]) -> State:
    """The worst of them; operational when there are none."""
    order = list(State)
    return max(states, key=order.index, default=State.OPERATIONAL)


@dataclass(frozen=True, slots=True)
class Text:
    """Words in both languages. English may be missing where operators write: the page shows the Japanese then."""

    ja: str
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a component, in seconds of that day in Japan. What nobody has watched is unknown, and never up."""

    day: date
    up: int = 0
    degraded: int = 0
    down: int = 0
    planned: int = 0
    unknown: int = 0

    @property
    def is_remarkable(self) -> bool:
        """Whether there is more to say of the day than that all went well; an unwatched minute or two is nothing."""
        return bool(self.degraded or self.down or self.planned) or self.unknown >= 5 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentStatus:
    """A part of the service: its state now, and its last 90 days, oldest first."""

    code: str
    name: Text
    explanation: Text
    state: State
    days: tuple[Day, ...] = ()

    @property
    def availability(self) -> float | None:
        """Percent of the watched time outside announced maintenance in which it was up; None if nobody has watched."""
        up = sum(day.up + day.degraded for day in self.days)
        down = sum(day.down for day in self.days)
        return 100 * up / (up + down) if up + down else None

    @property
    def unknown(self) -> timedelta:
        """For how long nobody has watched."""
        return timedelta(seconds=sum(day.unknown for day in self.days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One publication about an incident: first notice, update, recovery or final report."""

    kind: str
    number: int
    published_at: datetime
    body: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicIncident:
    """An incident as far as it is public. Reports come oldest first."""

    number: str
    title: Text
    severity: str
    status: str
    components: tuple[str, ...]
    detected_at: datetime
    began_at: datetime | None
    resolved_at: datetime | None
    next_update_at: datetime | None
    reports: tuple[Report, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still going on."""
        return self.status in GOING_ON

    @property
    def ended_at(self) -> datetime | None:
        """When it was over, as far as is known; None while it goes on."""
        return None if self.is_open else self.resolved_at or self.updated_at

    @property
    def updated_at(self) -> datetime:
        """When there was last something new to read."""
        return self.reports[-1].published_at if self.reports else self.detected_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMaintenance:
    """Maintenance that was announced to everybody."""

    id: str
    title: Text
    body: Text
    components: tuple[str, ...]
    state: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What everybody was told of maintenance: announced, prolonged, cancelled, done; the last without a mail."""

    id: str
    maintenance: str
    title: Text
    body: Text
    components: tuple[str, ...]
    published_at: datetime
    mailed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What the probe outside sees: the application has not answered since then, last at `seen_at`."""

    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDocument:
    """Everything that the status page says, as of `generated_at`. `home` and `page` are addresses, of the application
    and of the page itself; incidents and news come newest first, maintenance in the order in which it begins.
    """

    generated_at: datetime
    product: str
    home: str
    page: str
    components: tuple[ComponentStatus, ...] = ()
    incidents: tuple[PublicIncident, ...] = ()
    maintenance: tuple[PublicMaintenance, ...] = ()
    news: tuple[News, ...] = ()
    outage: Outage | None = None

    @property
    def state(self) -> State:
        """How the service does as a whole: as its worst part."""
        return State.DOWN if self.outage else worst(component.state for component in self.components)

    def is_stale(self, now: datetime) -> bool:
        """Whether it is too old to say anything about now."""
        return now - self.generated_at > STALE_AFTER

    def to_json(self) -> bytes:
        """The document as the file `status.json`; equal documents give equal bytes."""
        content = {"format": FORMAT, **asdict(self), "state": self.state}
        return json.dumps(content, ensure_ascii=False, default=_encoded, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "StatusDocument":
        """The document out of the file. Raises DocumentUnreadable."""
        try:
            values = json.loads(content)
            if not isinstance(values, dict) or values.get("format") != FORMAT:
                raise DocumentUnreadable(f"no file of the format {FORMAT}")
            return cast("StatusDocument", _decoded(cls, values))
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentUnreadable(str(error)) from error


def _encoded(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} does not belong into a document")


def _decoded(kind: Any, value: Any) -> Any:
    """A value of the type that a field declares. Fields that are not known are left out: a newer release wrote them."""
    if get_origin(kind) is tuple:
        return tuple(_decoded(get_args(kind)[0], each) for each in value)
    if get_origin(kind) is UnionType:
        return None if value is None else _decoded(get_args(kind)[0], value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {each.name for each in fields(kind)} & set(value)
        return cast("type[Any]", kind)(**{name: _decoded(hints[name], value[name]) for name in known})
    if kind in {datetime, date}:
        return kind.fromisoformat(value)
    if not isinstance(value, kind if kind is not State else str):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return State(value) if kind is State else value
