"""The last 90 days of a component, from raw intervals to a picture (N8)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from incidents.status.days import Span, days_of
from incidents.status.document import ComponentStatus, Day, State, Text
from incidents.status.drawing import HEIGHT, draw

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 18:00 in Japan
UP, DOWN, PLANNED = State.OPERATIONAL, State.DOWN, State.MAINTENANCE
HOUR = 3600


def _days(*spans: tuple[float, float, State], count: int = 2) -> tuple[Day, ...]:
    """Spans by the hours before now in which they begin and end."""
    known = [Span(NOW - timedelta(hours=begins), NOW - timedelta(hours=ends), state) for begins, ends, state in spans]
    return days_of(known, count=count, now=NOW)


def test_days_are_japanese_and_today_has_gone_so_far() -> None:
    """N8: a day begins at midnight in Japan; what is to come of today counts nothing."""
    assert _days((72, 0, UP)) == (
        Day(day=date(2026, 11, 23), up=24 * HOUR),
        Day(day=date(2026, 11, 24), up=18 * HOUR),
    )


def test_gaps_are_unknown_and_never_up() -> None:
    """N8: seconds that nobody has watched are unknown, a whole day included."""
    yesterday, today = _days((6, 5, UP), (3, 0, UP))
    assert yesterday == Day(day=date(2026, 11, 23), unknown=24 * HOUR)
    assert today == Day(day=date(2026, 11, 24), up=4 * HOUR, unknown=14 * HOUR)


def test_a_stop_outweighs_what_else_was_measured_and_maintenance_is_no_stop() -> None:
    """N8: where two spans speak of the same second, the stop counts; announced maintenance is left out of both."""
    _, today = _days((18, 0, UP), (4, 2, DOWN), (3, 1, PLANNED), (3.5, 3.4, State.UNKNOWN))
    assert today == Day(day=date(2026, 11, 24), up=15 * HOUR, down=HOUR, planned=2 * HOUR)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ({"up": 9 * HOUR, "down": HOUR}, 90.0),
        ({"up": 9 * HOUR, "down": HOUR, "planned": 5 * HOUR, "unknown": 5 * HOUR}, 90.0),
        ({"degraded": HOUR}, 100.0),
        ({"unknown": HOUR}, None),
        ({"planned": HOUR}, None),
    ],
)
def test_availability(day: dict[str, int], expected: float | None) -> None:
    """N8: of the watched time outside announced maintenance; None and not 100 % where nobody has watched."""
    days = (Day(day=date(2026, 11, 24), **day),)
    component = ComponentStatus(code="web", name=Text("w"), explanation=Text("w"), state=UP, days=days)
    assert component.availability == expected


def test_bars_fill_the_height_and_show_short_stops() -> None:
    """N8: one bar a day; a stop of a minute can be seen, a day that nobody watched is not green."""
    days = [Day(day=date(2026, 11, 23), unknown=24 * HOUR), Day(day=date(2026, 11, 24), up=24 * HOUR - 60, down=60)]
    shapes = {shape.state: shape.path for shape in draw(days).shapes}
    assert shapes == {State.UNKNOWN: "M0 0h4v32h-4z", UP: "M5 12h4v20h-4z", DOWN: "M5 0h4v12h-4z"}
    assert HEIGHT == 32
