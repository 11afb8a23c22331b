"""Going through the audit log: what was asked for, one page of it, and the ways to its neighbours (G2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from auditlog.filters import EventFilter
from auditlog.models import AuditEvent
from auditlog.periods import Period
from auditlog.queries import Position, page_of

# What one's own activity does without: it is all of one user and about one account.
OWN_WITHOUT = ("user", "ip", "target_type", "target", "q")
_PLACES = ("before", "after")
_COMMON = ("since", "until", "user", "kind")
_RARE = ("action", "outcome", "ip", "target_type", "target", "q")


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition that is applied, and the query string without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A period that one click chooses."""

    label: Promise
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found. `newer`, `older` and `query` are query strings; the first two are empty at the ends.

    `unknown` are names in the address that mean nothing here, as those of another release may.
    """

    filter: EventFilter
    asked: QueryDict
    events: list[AuditEvent]
    newer: str
    older: str
    reached: datetime | None
    unknown: list[str]

    @property
    def query(self) -> str:
        """The conditions alone, without a page."""
        return _query(self.asked)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.filter.days

    @property
    def periods(self) -> list[Choice]:
        """The periods to choose from."""
        named = self.filter.named_period
        return [
            Choice(period.label, _query(self.asked, drop=("since", "until"), period=period.value), period is named)
            for period in Period
        ]

    @property
    def has_named_period(self) -> bool:
        """Whether the period has a name, and no days were given."""
        return self.filter.named_period is not None

    @property
    def has_named_days(self) -> bool:
        """Whether the period is named by something that does not tell its days."""
        return self.filter.named_period not in {None, Period.ALL}

    @property
    def cleared(self) -> str:
        """The query string without any condition."""
        return _query(self.asked, drop=self.filter.filters)

    @property
    def chips(self) -> list[Chip]:
        """The conditions that are applied, each to be removed by a click."""
        form, asked = self.filter.form, self.filter.asked
        names = [name for name in (*_COMMON, *_RARE, "session") if name in asked]
        return [
            Chip(_label(form[name]), _shown(form[name], asked[name]), _query(self.asked, drop=(name,)))
            for name in names
        ]

    @property
    def common(self) -> list[BoundField]:
        """The fields that are always there."""
        return self._fields(_COMMON)

    @property
    def rare(self) -> list[BoundField]:
        """The fields that wait behind a click."""
        return self._fields(_RARE)

    @property
    def rare_is_used(self) -> bool:
        """Whether any of these says something, or was not understood."""
        return any(self.asked.get(field.name) for field in self.rare)

    def _fields(self, names: Iterable[str]) -> list[BoundField]:
        return [self.filter.form[name] for name in names if name in self.filter.form.fields]


def browse(
    asked: QueryDict,
    chosen: QuerySet[AuditEvent],
    *,
    without: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    default_period: Period = Period.MONTH,
) -> Found:
    """The page of the chosen events that an address asks for.

    `without` names filters that are not offered, `also` further names that mean something in the address.
    """
    found = EventFilter(asked, chosen, without=without, default_period=default_period)
    before, after = Position.parse(asked.get("before", "")), Position.parse(asked.get("after", ""))
    page = page_of(found.qs, span=found.span, before=before, after=after)
    known = {*found.filters, *_PLACES, *also}
    newer, older = (
        f"?{_query(asked, **{name: str(place)})}" if place else ""
        for name, place in (("after", page.newer), ("before", page.older))
    )
    return Found(found, asked, page.events, newer, older, page.reached, sorted(set(asked) - known))


def _query(asked: QueryDict, *, drop: Iterable[str] = (), **changes: str) -> str:
    """The query string with these changes, at the first page."""
    query = asked.copy()
    for name in {*_PLACES, *drop, *(name for name, value in asked.items() if not value)}:
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()


def _label(field: BoundField) -> str:
    return _("Session") if field.name == "session" else str(field.label)


def _shown(field: BoundField, value: object) -> str:
    """A condition as its reader would say it."""
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if field.name == "ip":
        return str(field.value())
    for key, label in getattr(field.field, "choices", ()):
        labels = dict(label) if isinstance(label, list | tuple) else {key: label}
        if value in labels:
            return str(labels[value])
    return str(value)
