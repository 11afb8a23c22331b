"""Trails: everything that was ever recorded about one thing, or of one person, and its sum (G2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet

from auditlog.actions import Kind, label_of
from auditlog.models import AuditEvent
from auditlog.queries import events

# Of so many pairs of a person and an action the newest are taken. More nobody reads.
_MOST_GROUPS = 1000


@dataclass(slots=True)
class Share:
    """What one person did with a thing, or what was done of one kind: how often, and from when to when."""

    label: str
    user_id: str = ""
    account_id: UUID | None = None
    times: int = 0
    first: datetime | None = None
    last: datetime | None = None
    actions: dict[str, int] = field(default_factory=dict)

    def add(self, row: dict[str, Any]) -> None:
        """Count one action in."""
        self.times += row["times"]
        self.first = min(filter(None, (self.first, row["first"])))
        self.last = max(filter(None, (self.last, row["last"])))
        label = label_of(row["action"])
        self.actions[label] = self.actions.get(label, 0) + row["times"]


def events_on(target_type: str, target_id: str) -> QuerySet[AuditEvent]:
    """Everything that was recorded about a thing, also after it was deleted."""
    return events().filter(target_id=target_id, target_type=target_type)


def newest_label(target: QuerySet[AuditEvent]) -> str:
    """What a thing was called last."""
    newest = target.exclude(target_label="").values_list("target_label", flat=True).first()
    return newest or ""


def by_person(chosen: QuerySet[AuditEvent]) -> list[Share]:
    """Who did something of it, whoever did so last first."""
    shares: dict[Any, Share] = {}
    for row in _grouped(chosen, "actor_kind", "actor_id", "actor_user_id", name=Max("actor_name")):
        key = row["actor_kind"], row["actor_id"], row["actor_user_id"]
        shares.setdefault(key, Share(row["name"], row["actor_user_id"], row["actor_id"])).add(row)
    return _newest_first(shares.values())


def by_kind(chosen: QuerySet[AuditEvent]) -> list[Share]:
    """What kinds of things were done, the latest first."""
    shares: dict[str, Share] = {}
    for row in _grouped(chosen, "kind"):
        shares.setdefault(row["kind"], Share(str(dict(Kind.choices).get(row["kind"], row["kind"])))).add(row)
    return _newest_first(shares.values())


def _grouped(chosen: QuerySet[AuditEvent], *names: str, **more: Any) -> list[dict[str, Any]]:
    groups: QuerySet[Any, dict[str, Any]] = chosen.order_by().values(*names, "action")
    sums = groups.annotate(times=Count("id"), first=Min("at"), last=Max("at"), **more)
    return list(sums.order_by("-last")[:_MOST_GROUPS])


def _newest_first(shares: Iterable[Share]) -> list[Share]:
    return sorted(shares, key=attrgetter("last"), reverse=True)
