"""Looking at what is new in one company's log, in the order of its transactions (G9).

As the sealer, it takes only what lies below the oldest transaction that still runs: a late commit comes in a later
look, never too late for its own. Findings and the place up to which was looked are written in one transaction, so a
look that is killed is done again, and one that was done is not.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone

from auditlog.watching import queries
from auditlog.watching.findings import Noticed, note
from auditlog.watching.looking import Look, Seen
from auditlog.watching.registry import rules
from tenants.isolation.transactions import atomic, take_turns

BATCH_SIZE = 5_000
_LARGEST = 20  # batches in one transaction


def watch(*, zone: ZoneInfo, batch_size: int = BATCH_SIZE) -> int:
    """Look at everything new of the tenant in scope, by its zone; how many findings were made or have grown.

    Call it with no transaction open.
    """
    total, more = 0, True
    while more:
        found, more = _look(zone, batch_size)
        total += found
    return total


@atomic()
def _look(zone: ZoneInfo, batch_size: int) -> tuple[int, bool]:
    """One batch: how many findings came of it, and whether there is more to look at."""
    take_turns("auditlog.watching")
    place, end = queries.current_place(), queries.horizon()
    # A database that was put into another cluster counts its transactions anew.
    first = place.next_transaction if place.next_transaction <= end else 0
    events, following = _next_events(first, end, batch_size)
    changed = note(_noticed(events, zone)) if events else 0
    place.next_transaction, place.looked_at = following, timezone.now()
    place.save()
    return changed, following < end


def _next_events(first: int, end: int, limit: int) -> tuple[list[Seen], int]:
    """The next whole transactions, and the transaction that comes after them."""
    actions = frozenset(action for rule in rules().values() for action in rule.actions)
    rows = queries.new_events(first, end, actions=actions, limit=limit + 1)
    following = end
    if len(rows) > limit:
        following = rows[-1][-1]
        if rows[0][-1] == following:  # one transaction alone is more than the limit
            following += 1
            # Of a deed that is larger still, what goes beyond would not change what is found.
            rows = queries.new_events(first, following, actions=actions, limit=_LARGEST * limit)
        rows = [row for row in rows if row[-1] < following]
    return [Seen(*(*row[:-1], True)) for row in rows], following


def _noticed(events: list[Seen], zone: ZoneInfo) -> Iterator[Noticed]:
    settings = queries.rule_settings()
    for rule in rules().values():
        setting, new = settings.get(rule.code), [event for event in events if event.action in rule.actions]
        if new and (setting is None or setting.enabled):
            limits = rule.limits(setting.thresholds if setting else {})
            for sighting in rule.find(Look(new, rule.actions, limits, zone)):
                yield Noticed(rule, sighting, sighting.events[0].at.astimezone(zone).date())
