"""Ninety days as one small picture: a bar for each day, in the shares of the day that were so and so (N8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.status.document import Day, State

WIDTH, GAP, HEIGHT = 4, 1, 32
# From the ground up. What went wrong stands on top and is never too thin to be seen.
_PARTS = (
    (State.OPERATIONAL, "up", 0),
    (State.UNKNOWN, "unknown", 3),
    (State.MAINTENANCE, "planned", 8),
    (State.DEGRADED, "degraded", 12),
    (State.DOWN, "down", 12),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything of one state in the picture, as the path of an SVG."""

    state: State
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture; width and height in units of its own."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def draw(days: Sequence[Day]) -> Picture:
    """The days from left to right, each as a bar of the whole height."""
    paths: dict[State, list[str]] = {state: [] for state, _name, _least in _PARTS}
    for number, day in enumerate(days):
        ground = HEIGHT
        for state, height in _heights(day):
            ground -= height
            paths[state].append(f"M{number * (WIDTH + GAP)} {ground}h{WIDTH}v{height}h-{WIDTH}z")
    shapes = tuple(Shape(state, "".join(path)) for state, path in paths.items() if path)
    return Picture(max(1, len(days) * (WIDTH + GAP) - GAP), HEIGHT, shapes)


def _heights(day: Day) -> list[tuple[State, int]]:
    """The parts of one bar that are there, from the ground up; together the whole height."""
    seconds = {state: getattr(day, name) for state, name, _least in _PARTS}
    if not day.is_remarkable:
        seconds[State.UNKNOWN] = 0
    whole = sum(seconds.values())
    if not whole:
        return [(State.UNKNOWN, HEIGHT)]
    heights = {
        state: max(least, round(HEIGHT * seconds[state] / whole)) for state, _name, least in _PARTS if seconds[state]
    }
    tallest = max(heights, key=heights.__getitem__)
    heights[tallest] += HEIGHT - sum(heights.values())
    return list(heights.items())
