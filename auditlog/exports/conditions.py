"""What an export was narrowed to: the filters of the audit log's page, kept as they stood in its address (G2)."""

from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from auditlog.exports.csvlog import Choice
from auditlog.exports.periods import Period
from auditlog.filters import EventFilter
from auditlog.models import AuditEvent

_PERIOD = frozenset({"period", "since", "until"})
_LENGTH = 200  # of a value that is kept

Conditions = dict[str, list[str]]


class ConditionsUnknown(ValueError):  # noqa: N818 - reads as the statement it is
    """The filters do not take these values: somebody wrote the address by hand, or they are an older release's."""


def conditions_in(asked: QueryDict) -> Conditions:
    """The filters that an address sets, apart from the period."""
    names = (name for name in EventFilter.base_filters if name not in _PERIOD)
    values = {name: [value[:_LENGTH] for value in asked.getlist(name) if value] for name in names}
    return {name: chosen for name, chosen in values.items() if chosen}


def choice_of(conditions: Conditions, period: Period) -> Choice:
    """The events that meet the conditions, out of those of a period. Raises ConditionsUnknown."""
    data = _data(conditions, period)
    if not EventFilter(data, AuditEvent.objects.none()).is_valid():
        raise ConditionsUnknown
    return lambda events: EventFilter(data, events).qs


def days_in(asked: QueryDict) -> tuple[date, date]:
    """The first and the last day of the period that an address asks for, today at the latest."""
    today = timezone.localdate()
    first, last = EventFilter(asked, AuditEvent.objects.none()).days
    return min(first, today), min(last, today)


def told(conditions: Conditions) -> list[tuple[str, str]]:
    """The conditions for people: the label of each filter, and what it is set to."""
    if not conditions:
        return []
    form: Any = EventFilter(_data(conditions), AuditEvent.objects.none()).form
    return [(str(form.fields[name].label or name), ", ".join(_labels(form.fields[name], values)))
            for name, values in conditions.items() if name in form.fields]  # fmt: skip


def _labels(field: Any, values: list[str]) -> list[str]:
    """The labels of chosen values; the values themselves where there is nothing to choose from."""
    labels: dict[str, str] = {}
    for code, label in getattr(field, "choices", ()):
        labels |= dict(label) if isinstance(label, list | tuple) else {str(code): str(label)}
    return [str(labels.get(value, value)) for value in values]


def _data(conditions: Conditions, period: Period | None = None) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in conditions.items():
        data.setlist(name, values)
    if period is not None:
        data["since"] = timezone.localdate(period.begin).isoformat()
        data["until"] = timezone.localdate(period.end - timedelta(microseconds=1)).isoformat()
    return data
