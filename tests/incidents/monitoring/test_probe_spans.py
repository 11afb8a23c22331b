"""What was so from when to when, and what nobody knows: the arithmetic under availability, by hand (N8)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.spans import AMONG_PARTS, AMONG_PLACES, Span, combined, timeline

UP, DEGRADED, DOWN, UNKNOWN = ProbeState.UP, ProbeState.DEGRADED, ProbeState.DOWN, ProbeState.UNKNOWN
_LETTERS = {"u": UP, "g": DEGRADED, "d": DOWN, "?": UNKNOWN}
_PART = re.compile(r"(.) (-?\d+)-(-?\d+)")
_DAY = datetime(2026, 4, 1, tzinfo=UTC)


def spans(text: str) -> list[Span]:
    """`u 0-5, d 6-9`: states with the minutes of their first and last look."""
    found = []
    for part in filter(None, text.split(", ")):
        letter, first, last = _PART.findall(part)[0]
        found.append(Span(_LETTERS[letter], _at(int(first)), _at(int(last))))
    return found


def _at(minute: int) -> datetime:
    return _DAY + timedelta(minutes=minute)


TIMELINES = [
    ("nobody ever looked", "", "? 0-20"),
    ("one state from end to end", "u 0-20", "u 0-20"),
    ("it began before and goes on after", "u -9-30", "u 0-20"),
    ("a state holds until the next look", "u 0-9, d 10-11, u 12-20", "u 0-10, d 10-12, u 12-20"),
    ("one look alone is a state", "u 0-9, d 10-10, u 11-20", "u 0-10, d 10-11, u 11-20"),
    ("three minutes are bridged", "u 0-9, u 12-20", "u 0-20"),
    ("four are not: unknown, from the last look on", "u 0-9, u 13-20", "u 0-9, ? 9-13, u 13-20"),
    ("unknown between different states too", "u 0-5, d 15-20", "u 0-5, ? 5-15, d 15-20"),
    ("the first look is late", "u 7-20", "? 0-7, u 7-20"),
    ("the last one is long ago", "u 0-16", "u 0-16, ? 16-20"),
    ("the last one is fresh", "u 0-17", "u 0-20"),
    ("all of it before the period", "d -30--20", "? 0-20"),
    ("a look just before the period reaches into it", "d -2--1, u 2-20", "d 0-2, u 2-20"),
    ("a look just after it says when it ended", "u 0-18, d 21-25", "u 0-20"),
    ("all of it after the period", "d 30-40", "? 0-20"),
    ("overlapping ones end where the next begins", "u 0-12, d 10-20", "u 0-10, d 10-20"),
    ("what could not be told is unknown", "u 0-9, ? 10-11, u 12-20", "u 0-10, ? 10-12, u 12-20"),
    ("out of order in the rows", "d 10-20, u 0-9", "u 0-10, d 10-20"),
]


@pytest.mark.parametrize(("seen", "expected"), [case[1:] for case in TIMELINES], ids=[case[0] for case in TIMELINES])
def test_looks_become_a_timeline_without_holes(seen: str, expected: str) -> None:
    """N8: gaps longer than three minutes count as unknown, never as up."""
    assert timeline(spans(seen), _at(0), _at(20), gap=timedelta(minutes=3)) == spans(expected)


def test_silence_of_the_worker_is_an_outage() -> None:
    """N9: a heartbeat that does not come is what is measured; before the first one nothing is known."""
    beats = spans("u 2-5, u 10-11")
    line = timeline(beats, _at(0), _at(20), gap=timedelta(minutes=3), silence=DOWN)
    assert line == spans("? 0-2, u 2-5, d 5-10, u 10-11, d 11-20")


def test_several_places_and_several_parts() -> None:
    """N8: whoever saw it broken is right; a part that nobody looked at leaves the whole unknown, unless one is down."""
    inside, elsewhere = spans("u 0-10, ? 10-15, u 15-20"), spans("? 0-5, d 5-6, u 6-12, g 12-20")
    assert combined([inside, elsewhere], AMONG_PLACES) == spans("u 0-5, d 5-6, u 6-12, g 12-20")
    assert combined([inside, elsewhere], AMONG_PARTS) == spans("? 0-5, d 5-6, u 6-10, ? 10-12, g 12-20")
    assert combined([], AMONG_PARTS) == []
