"""Keeping what rules noticed, and what people made of it (G9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record, record_many
from auditlog.watching import queries
from auditlog.watching.actions import FINDING_EXPLAINED, FINDING_MADE, FINDING_SEEN
from auditlog.watching.looking import Sighting
from auditlog.watching.models import Finding, FindingState
from auditlog.watching.registry import Rule
from tenants.isolation.transactions import atomic

Key = tuple[str, date, str]

MOST_KEYS = 1_000  # of events that a finding leads to
_GROWING = ("count", "events", "first_at", "last_at", "noted_at", "state", "actor_name", "network", "ip")


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a rule noticed, and on which day of the company it began."""

    rule: Rule
    sighting: Sighting
    day: date

    @property
    def key(self) -> Key:
        """What makes it the same finding."""
        return self.rule.code, self.day, self.sighting.subject[:200]


@atomic()
def note(noticed: Iterable[Noticed]) -> int:
    """Keep what was noticed: as new findings, or by letting those of the same day grow. How many of both.

    Each new one is an event in the company's log, so that it can be forwarded and proved.
    """
    told = list(noticed)
    if not told:
        return 0
    known = {each.key: each for each in queries.matching({each.key for each in told})}
    made: dict[Key, Finding] = {}
    grown: dict[Key, Finding] = {}
    for each in told:
        finding = known.get(each.key) or made.setdefault(each.key, _finding(each))
        if _extend(finding, each.sighting) and each.key in known:
            grown[each.key] = finding
    Finding.objects.bulk_create(made.values())
    Finding.objects.bulk_update(grown.values(), _GROWING)
    entries = [(each, {"rule": each.rule, "count": each.count, "severity": each.severity}) for each in made.values()]
    record_many(FINDING_MADE, actor=Actor.system("watching"), entries=entries)
    return len(made) + len(grown)


@atomic()
def mark_seen(finding: Finding, *, actor: Actor) -> None:
    """Take note of a finding without a word. Raises ValidationError for one that is not open."""
    if finding.state != FindingState.OPEN:
        raise ValidationError(_("Somebody has looked at this already."), code="state")
    _decide(finding, FindingState.SEEN, finding.note, actor)
    record(FINDING_SEEN, actor=actor, target=finding, after={"state": finding.state})


@atomic()
def explain(finding: Finding, *, note: str, actor: Actor) -> None:
    """Say what it was. Raises ValidationError, keyed by field, without a word."""
    if not note.strip():
        raise ValidationError({"note": _("Say what it was.")})
    before = {"state": finding.state, "note": finding.note}
    _decide(finding, FindingState.EXPLAINED, note.strip(), actor)
    after = {"state": finding.state, "note": finding.note}
    record(FINDING_EXPLAINED, actor=actor, target=finding, before=before, after=after)


def _decide(finding: Finding, state: FindingState, note: str, actor: Actor) -> None:
    finding.state, finding.note = state, note
    finding.decided_at, finding.decided_by_name = timezone.now(), actor.name or actor.user_id
    finding.full_clean(exclude=["events"])
    finding.save(update_fields=["state", "note", "decided_at", "decided_by_name"])


def _finding(noticed: Noticed) -> Finding:
    """A finding of nothing yet."""
    rule, day, subject = noticed.key
    first = noticed.sighting.events[0]
    about = first if noticed.sighting.about_actor else None
    return Finding(
        rule=rule,
        severity=noticed.rule.severity,
        day=day,
        subject=subject,
        actor_id=about.actor_id if about else None,
        actor_user_id=about.actor_user_id if about else "",
        count=0,
        first_at=first.at,
        last_at=first.at,
    )


def _extend(finding: Finding, sighting: Sighting) -> bool:
    """Add what the finding does not count yet; whether that was anything. Then somebody is to look at it again.

    Of one that has reached the most keys, the events that were looked at before have been counted.
    """
    known, full = set(finding.events), len(finding.events) >= MOST_KEYS
    fresh = [event for event in sighting.events if event.id not in known and (event.new or not full)]
    if not fresh:
        return False
    finding.count += len(fresh)
    finding.events = (finding.events + [event.id for event in fresh])[:MOST_KEYS]
    finding.first_at = min([finding.first_at, *(event.at for event in fresh)])
    finding.last_at = max([finding.last_at, *(event.at for event in fresh)])
    finding.actor_name = fresh[-1].actor_name if sighting.about_actor else ""
    finding.network, finding.ip = sighting.network[:100], fresh[-1].ip
    finding.state, finding.noted_at = FindingState.OPEN, timezone.now()
    return True
