"""What a probe of a store says."""

from dataclasses import dataclass
from datetime import timedelta

# Further apart, dates of locks and signed requests become wrong.
CLOCK_TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Probe:
    """One try: a code, what should happen, what did, whether that holds. Without an `essential` one nothing is kept."""

    check: str
    expected: str
    observed: str
    held: bool
    essential: bool = True
