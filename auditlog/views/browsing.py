"""Going through the audit log: what was asked for, one page of it, and the ways to its neighbours (G2)."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from auditlog.filters import EventFilter, default_since
from auditlog.models import AuditEvent
from auditlog.queries import Position, page_of


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found. `newer` and `older` are query strings, empty at the ends."""

    filter: EventFilter
    events: list[AuditEvent]
    newer: str
    older: str


def browse(asked: QueryDict, chosen: QuerySet[AuditEvent], *, without: tuple[str, ...] = ()) -> Found:
    """The page of the chosen events that an address asks for; `without` names filters that are not offered."""
    data = asked.copy()
    if not data.get("since"):
        data["since"] = default_since().isoformat()
    events = EventFilter(data, chosen, without=without)
    before, after = Position.parse(asked.get("before", "")), Position.parse(asked.get("after", ""))
    page = page_of(events.qs, before=before, after=after)
    return Found(events, page.events, _link(asked, "after", page.newer), _link(asked, "before", page.older))


def _link(asked: QueryDict, direction: str, position: Position | None) -> str:
    """The query string of a neighbouring page, with the filters as they are."""
    if position is None:
        return ""
    query = asked.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query[direction] = str(position)
    return f"?{query.urlencode()}"
