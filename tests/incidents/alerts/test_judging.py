"""When a figure is in order, minute by minute (N9)."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.alerts.judging import Level, Limits, Standing, follow, is_over, level_of

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
LOAD = Limits(warning=80, critical=95, for_minutes=3, margin=10)
DAYS = Limits(warning=30, critical=10, margin=1, below=True)

CASES = [
    # What was read each minute (None: it could not be), and how bad it is after the last one.
    (LOAD, [10, 20], Level.OK),
    (LOAD, [85, 85, 85], Level.OK),  # two minutes between the first and the last
    (LOAD, [85, 85, 85, 85], Level.WARNING),
    (LOAD, [85, 85, 79, 85, 85], Level.OK),  # a break
    (LOAD, [80, 80, 80, 80], Level.WARNING),  # the limit itself counts
    (LOAD, [99, 99, 99, 99], Level.CRITICAL),
    (LOAD, [99, 85, 99, 85], Level.WARNING),  # never as bad as that for long enough
    (LOAD, [85, 85, 85, 85, 99], Level.WARNING),
    (LOAD, [None] * 5, Level.OK),
    (LOAD, [None] * 6, Level.UNKNOWN),
    (LOAD, [None, None, 10, None, None, None, None], Level.OK),
    (LOAD, [85, 85, None, 85], Level.WARNING),  # one reading that failed proves nothing
    (LOAD, [85, 85, None, None, None, None, None, 85, 85, 85], Level.OK),  # what was before is forgotten
    (DAYS, [31], Level.OK),
    (DAYS, [30], Level.WARNING),
    (DAYS, [9], Level.CRITICAL),
    (Limits(critical=1), [1], Level.CRITICAL),
    (Limits(critical=1), [0.5], Level.OK),
    (Limits(warning=5), [100], Level.WARNING),
    (Limits(), [100], Level.OK),
]


def after(limits: Limits, readings: list[float | None], *, every: int = 1) -> Standing:
    """The standing after these readings."""
    standing = Standing()
    for number, value in enumerate(readings):
        at = START + timedelta(minutes=number * every)
        standing = follow(standing, limits, value, known=value is not None, at=at)
    return standing


@pytest.mark.parametrize(("limits", "readings", "level"), CASES, ids=range(len(CASES)))
def test_a_threshold_is_passed_when_it_lasts(limits: Limits, readings: list[float | None], level: Level) -> None:
    """N9: not at the first figure above it, and not by what nobody measured."""
    assert level_of(after(limits, readings), limits) is level


def test_a_gap_proves_nothing() -> None:
    """N9: a worker that stood still does not know what was meanwhile."""
    assert level_of(after(LOAD, [99, 99], every=60), LOAD) is Level.OK


@pytest.mark.parametrize(
    ("readings", "returns", "over"),
    [
        ([69] * 6, 0, True),
        ([69] * 5, 0, False),
        ([75] * 60, 0, False),  # below the warning, but not by the margin
        ([69, 69, 69, 75, 69, 69, 69], 0, False),
        ([69] * 6, 1, False),  # it has come back once, so it takes twice as long
        ([69] * 11, 1, True),
        ([69] * 241, 9, True),  # four hours at most
        ([69] * 240, 9, False),
        ([69, 69, 69, None, 69, 69, 69], 0, False),
    ],
)
def test_an_alert_ends_when_it_has_been_calm(readings: list[float | None], returns: int, *, over: bool) -> None:
    """N9: behind the threshold by the margin, and for a time that grows with each return."""
    assert is_over(after(LOAD, readings), LOAD, returns=returns) is over


def test_the_margin_of_a_figure_that_should_be_large_is_above_it() -> None:
    """N9: a certificate with 30 days left is calm again with more than 31."""
    assert [DAYS.is_calm(value) for value in (30, 31, 31.5, 90)] == [False, False, True, True]
    assert DAYS.is_worse(3, 4)
    assert LOAD.is_worse(4, 3)
