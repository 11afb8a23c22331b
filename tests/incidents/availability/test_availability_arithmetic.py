"""Availability by hand (N8): what is down, what is planned, what nobody knows, and never a digit too much."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from incidents.availability.arithmetic import Figures, Rules, bounds_of, measure, month_of, next_month, percentage
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.spans import Span

_STATES = {"u": ProbeState.UP, "g": ProbeState.DEGRADED, "d": ProbeState.DOWN, "?": ProbeState.UNKNOWN}
_HOUR = datetime(2026, 9, 1, tzinfo=UTC)


def at(minute: float) -> datetime:
    """A minute of the hour."""
    return _HOUR + timedelta(minutes=minute)


def counted(line: str, stops: str, *, shortest: float = 0, decimals: int = 2) -> str:
    """`u 0-10 d 10-20`, and planned stops as `5-7`, become what the page says."""
    parts = line.split()
    spans = [
        Span(_STATES[state], *(at(float(minute)) for minute in minutes.split("-")))
        for state, minutes in zip(parts[::2], parts[1::2], strict=True)
    ]
    planned = [tuple(at(float(minute)) for minute in each.split("-")) for each in stops.split()]
    rules = Rules(timedelta(minutes=shortest), decimals)
    found = measure(spans, [(one[0], one[1]) for one in planned], (at(0), at(60)), rules)
    known = percentage(found.down, found.planned - found.unknown, decimals)
    least = percentage(found.down + found.unknown, found.planned, decimals)
    minutes = [round(part / timedelta(minutes=1), 2) for part in (found.planned, found.down, found.unknown)]
    figures = " ".join(f"{one:g}" for one in minutes)
    return f"{known} >={least} planned/down/unknown {figures} outages {len(found.outages)}"


CASES = [
    ("up all the time", "u 0-60", "", "100.00 >=100.00 planned/down/unknown 60 0 0 outages 0"),
    ("down all the time", "d 0-60", "", "0.00 >=0.00 planned/down/unknown 60 60 0 outages 1"),
    ("half an hour", "u 0-30 d 30-60", "", "50.00 >=50.00 planned/down/unknown 60 30 0 outages 1"),
    ("two outages", "d 0-3 u 3-30 d 30-33 u 33-60", "", "90.00 >=90.00 planned/down/unknown 60 6 0 outages 2"),
    ("impaired is not down", "u 0-30 g 30-60", "", "100.00 >=100.00 planned/down/unknown 60 0 0 outages 0"),
    ("a gap is not up", "u 0-30 ? 30-60", "", "100.00 >=50.00 planned/down/unknown 60 0 30 outages 0"),
    ("half of the known half", "u 0-15 d 15-30 ? 30-60", "", "50.00 >=25.00 planned/down/unknown 60 15 30 outages 1"),
    ("nobody looked", "? 0-60", "", "None >=0.00 planned/down/unknown 60 0 60 outages 0"),
    ("planned and down", "u 0-30 d 30-60", "30-60", "100.00 >=100.00 planned/down/unknown 30 0 0 outages 0"),
    ("planned but up", "u 0-60", "0-15", "100.00 >=100.00 planned/down/unknown 45 0 0 outages 0"),
    ("longer than planned", "u 0-30 d 30-50 u 50-60", "30-40", "80.00 >=80.00 planned/down/unknown 50 10 0 outages 1"),
    ("planned inside", "u 0-20 d 20-50 u 50-60", "30-40", "60.00 >=60.00 planned/down/unknown 50 20 0 outages 2"),
    ("plans overlap", "d 0-60", "0-30 10-40 40-45", "0.00 >=0.00 planned/down/unknown 15 15 0 outages 1"),
    ("plan beyond the hour", "d 0-60", "50-90", "0.00 >=0.00 planned/down/unknown 50 50 0 outages 1"),
    ("plan elsewhere", "d 0-6 u 6-60", "60-90", "90.00 >=90.00 planned/down/unknown 60 6 0 outages 1"),
    ("all of it planned", "d 0-60", "0-60", "None >=None planned/down/unknown 0 0 0 outages 0"),
    ("a gap in the plan", "u 0-30 ? 30-60", "30-60", "100.00 >=100.00 planned/down/unknown 30 0 0 outages 0"),
    ("six seconds count", "d 0-0.1 u 0.1-60", "", "99.83 >=99.83 planned/down/unknown 60 0.1 0 outages 1"),
    ("impaired between", "d 0-3 g 3-4 d 4-6 u 6-60", "", "91.66 >=91.66 planned/down/unknown 60 5 0 outages 2"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "stops", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_hour_by_hand(line: str, stops: str, expected: str) -> None:
    """N8: (planned - stop) / planned of what is known; the lower bound takes what nobody knows for a stop."""
    assert counted(line, stops) == expected


def test_short_stops_are_dropped_only_by_rule() -> None:
    """N8: below the rule's length they are listed apart; a stop of just that length counts."""
    line = "d 0-0.9 u 0.9-30 d 30-31 u 31-60"
    assert counted(line, "") == "96.83 >=96.83 planned/down/unknown 60 1.9 0 outages 2"
    assert counted(line, "", shortest=1) == "98.33 >=98.33 planned/down/unknown 60 1 0 outages 1"
    spans = [Span(ProbeState.DOWN, at(0), at(0.5)), Span(ProbeState.UP, at(0.5), at(60))]
    found = measure(spans, [], (at(0), at(60)), Rules(timedelta(minutes=1)))
    assert (found.outages, found.ignored) == ([], [(at(0), at(0.5))])


ROUNDING = [
    ("0.005", 2, "99.99"),
    ("0.005", 3, "99.995"),
    ("0.0001", 3, "99.999"),
    ("0.000000001", 3, "99.999"),
    ("0", 3, "100.000"),
    ("0.1", 0, "99"),
    ("99.9999", 2, "0.00"),
    ("33.3333333", 2, "66.66"),
]


@pytest.mark.parametrize(("down", "decimals", "expected"), ROUNDING)
def test_nothing_is_rounded_up(down: str, decimals: int, expected: str) -> None:
    """N8: 99.995 is not 100, however few decimals there are; one microsecond of 30 years shows."""
    whole = timedelta(days=10_957)
    part = whole * float(down) / 100
    assert percentage(part, whole, decimals) == Decimal(expected)
    assert percentage(timedelta(microseconds=1), whole, 3) == Decimal("99.999")
    assert percentage(part, timedelta(), decimals) is None
    assert percentage(whole * 2, whole, 0) == 0  # clocks were set back


def test_months_are_japanese() -> None:
    """N8: the month begins at midnight in Tokyo, 15:00 UTC of the day before, and has its own number of days."""
    assert month_of(datetime(2026, 8, 31, 14, 59, 59, tzinfo=UTC)) == date(2026, 8, 1)
    assert month_of(datetime(2026, 8, 31, 15, 0, tzinfo=UTC)) == date(2026, 9, 1)
    begins, ends = bounds_of(date(2028, 2, 1))
    assert (begins, ends - begins) == (datetime(2028, 1, 31, 15, tzinfo=UTC), timedelta(days=29))
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert Figures().planned == timedelta()
