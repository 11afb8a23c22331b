"""What was seen is kept: one row as long as nothing changes, so that a look a minute costs little (N8, N9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import record
from incidents.monitoring.actions import PROBE_FAILED, PROBE_RECOVERED
from incidents.monitoring.catalogue import BY_CODE, INSIDE, ProbeState
from incidents.monitoring.models import ProbeInterval
from tenants.isolation.transactions import platform_transaction, take_turns

_BROKEN = frozenset({ProbeState.DOWN, ProbeState.DEGRADED})
_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: what was seen, when, from where; `value` in the unit of the probe."""

    probe: str
    state: ProbeState
    at: datetime
    value: float | None = None
    detail: str = ""
    place: str = INSIDE


def keep(samples: Sequence[Sample], *, actor: Actor) -> list[ProbeInterval]:
    """Add looks to what was seen before; returns the rows that began. In the scope of the provider's tenant.

    Looks that are known already, or older than what is known of their probe at their place, are left out: what is
    delivered twice counts once. The log of the provider says when something broke and when it was in order again.
    """
    with platform_transaction():
        take_turns("probes")
        newest = {(row.place, row.probe): row for row in _newest()}
        begun: list[ProbeInterval] = []
        continued: dict[object, ProbeInterval] = {}
        for sample in sorted(samples, key=lambda one: one.at):
            before = newest.get((sample.place, sample.probe))
            if before is not None and sample.at <= before.until:
                continue
            if before is not None and _goes_on(before, sample):
                _extend(before, sample)
                continued[before.id] = before
                continue
            row = newest[sample.place, sample.probe] = _begun(sample)
            begun.append(row)
            if change := _change(before, row):
                record(change, actor=actor, target=row, outcome=_outcome(row), after=_described(row))
        fresh = {row.id for row in begun}
        ProbeInterval.objects.bulk_create(begun)
        ProbeInterval.objects.bulk_update(
            [row for key, row in continued.items() if key not in fresh], ["until", "samples", "value", "detail"]
        )
    return begun


def _newest() -> list[ProbeInterval]:
    return list(ProbeInterval.objects.order_by("place", "probe", "-until").distinct("place", "probe"))


def _goes_on(row: ProbeInterval, sample: Sample) -> bool:
    return row.state == sample.state and sample.at - row.until <= BY_CODE[row.probe].gap


def _extend(row: ProbeInterval, sample: Sample) -> None:
    row.until, row.samples = sample.at, row.samples + 1
    row.value, row.detail = sample.value, sample.detail[:_DETAIL]


def _begun(sample: Sample) -> ProbeInterval:
    return ProbeInterval(
        probe=sample.probe,
        place=sample.place,
        state=sample.state,
        since=sample.at,
        until=sample.at,
        value=sample.value,
        detail=sample.detail[:_DETAIL],
    )


def _change(before: ProbeInterval | None, now: ProbeInterval) -> Action | None:
    was, is_now = before is not None and before.state in _BROKEN, now.state in _BROKEN
    if was == is_now:
        return None
    return PROBE_FAILED if is_now else PROBE_RECOVERED


def _outcome(row: ProbeInterval) -> Outcome:
    return Outcome.FAILURE if row.state in _BROKEN else Outcome.SUCCESS


def _described(row: ProbeInterval) -> dict[str, str]:
    return {"probe": row.probe, "place": row.place, "state": row.state, "detail": row.detail}
