"""The arithmetic of the promise, in days: pure, so that a grid of numbers proves it (R1; decision 13)."""

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext, gettext_lazy

LIMIT = 30
DEFAULT_GRACE = 22
# Below it nobody could take their data along in peace: a data return lies ready for 7 days.
SHORTEST_GRACE = 7


@dataclass(frozen=True, slots=True)
class Term:
    """One part of the sum. Of those that are `beside` one another only the largest counts."""

    label: LazyText
    days: int
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What has to pass between the last day of use and the day on which nothing is left, in days.

    `grace`: from the last day of use to the day on which erasure begins. `work`: for the erasure itself. From its end
    on three things run out side by side: `point_in_time`, how far back the database can be recovered; `key_deletion`,
    how long a copy of the key store may hold a destroyed key; `lock_remainder`, how long a store of backups has to keep
    an object that no company's key encrypts.
    """

    grace: int = DEFAULT_GRACE
    work: int = 1
    point_in_time: int = 7
    key_deletion: int = 7
    lock_remainder: int = 0
    limit: int = LIMIT

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every part of the sum, in the order of time."""
        return (
            Term(gettext_lazy("Time to take the data along, from the last day of use"), self.grace),
            Term(gettext_lazy("The erasure itself"), self.work),
            Term(gettext_lazy("Reach of the recovery to a point in time"), self.point_in_time, beside=True),
            Term(gettext_lazy("Until no copy of the key store holds the keys"), self.key_deletion, beside=True),
            Term(gettext_lazy("Rest of the locks on objects of backups"), self.lock_remainder, beside=True),
        )

    @property
    def windows(self) -> int:
        """How long something of the company can still be brought back once it is erased."""
        return max(self.point_in_time, self.key_deletion, self.lock_remainder)

    @property
    def total(self) -> int:
        """The sum."""
        return self.grace + self.work + self.windows

    @property
    def holds(self) -> bool:
        """Whether everything fits in the days promised."""
        return all(term.days >= 0 for term in self.terms) and self.total <= self.limit

    @property
    def longest_grace(self) -> int:
        """The largest number of days that the windows leave; below SHORTEST_GRACE there is none that would do."""
        return self.limit - self.work - self.windows

    def explained(self) -> str:
        """The sum term by term, for people: `22 + 1 + max(7, 7, 0) = 30 ≤ 30`, and what each number is."""
        one_after_another = " + ".join(str(term.days) for term in self.terms if not term.beside)
        side_by_side = ", ".join(str(term.days) for term in self.terms if term.beside)
        sign = "≤" if self.total <= self.limit else ">"
        words = "; ".join(gettext("%(what)s: %(days)d") % {"what": t.label, "days": t.days} for t in self.terms)
        return f"{one_after_another} + max({side_by_side}) = {self.total} {sign} {self.limit} ({words})"
