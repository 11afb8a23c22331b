"""Tables of deadlines and of the calendar."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timeuntil
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.clock.models import STATE_LABELS, Deadline
from incidents.clock.queries import state_of, used_percent
from tenants.models import Tenant

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_MOMENT = "{% load elements %}{% moment value %}"
_STATE = "incidents/clock/_state.html"
_LEFT = "incidents/clock/_left.html"


class DeadlineTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Deadlines as of a moment. `companies` names those to which they were promised."""

    what = tables.Column(verbose_name=pgettext_lazy("deadline", "Promise"), empty_values=())
    company = tables.Column(verbose_name=_("Company"), empty_values=())
    due_at = tables.TemplateColumn(_MOMENT, verbose_name=pgettext_lazy("deadline", "Due"))
    left = tables.TemplateColumn(template_name=_LEFT, verbose_name=_("Time left"), empty_values=())
    state = tables.TemplateColumn(template_name=_STATE, verbose_name=_("State"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No deadline")

    caption = _("Deadlines")
    empty_icon = "clock"
    empty_hint = _("Deadlines start by themselves with an incident, an inquiry or planned maintenance.")

    def __init__(
        self, found: Iterable[Deadline], *, now: datetime, companies: Mapping[UUID, Tenant], **kwargs: Any
    ) -> None:
        self._companies = companies
        super().__init__([_row(deadline, now) for deadline in found], **kwargs)

    def render_what(self, record: dict[str, Any]) -> str:
        """Kind and title, which leads to what it is about."""
        deadline = record["deadline"]
        return format_html(
            '<a href="{}">{}</a><br><small class="text-secondary">{}</small>',
            deadline.link,
            deadline.title,
            deadline.get_kind_display(),
        )

    def render_company(self, record: dict[str, Any]) -> str:
        """Name and code; a dash for what was promised to everybody."""
        found = self._companies.get(record["deadline"].tenant_id)
        return format_html("{}<br><code>{}</code>", found.name, found.company_code) if found else "–"


def _row(deadline: Deadline, now: datetime) -> dict[str, Any]:
    state = state_of(deadline, now)
    return {
        "deadline": deadline,
        "due_at": deadline.due_at,
        "used": used_percent(deadline, now),
        "words": _left(deadline, now),
        "status": state,
        "label": STATE_LABELS[state],
    }


def _left(deadline: Deadline, now: datetime) -> str:
    """How much time is left, or by how much what was done came late or is late."""
    if deadline.withdrawn_at is not None:
        return ""
    at = deadline.met_at or now
    early = at <= deadline.due_at
    time = timeuntil(max(at, deadline.due_at), min(at, deadline.due_at), depth=2)
    if get_language() == "ja":
        time = time.replace("\xa0", "").replace(", ", "")
    if deadline.met_at is not None:
        return (gettext("%(time)s before") if early else gettext("%(time)s late")) % {"time": time}
    return (gettext("%(time)s left") if early else gettext("overdue by %(time)s")) % {"time": time}


class EditionTable(tables.Table):  # type: ignore[misc]
    """Editions of the calendar, the newest first."""

    version = tables.TemplateColumn(
        "<a href=\"{% url 'operator:calendar_edition' value %}\">{{ value }}</a>",
        verbose_name=pgettext_lazy("calendar", "Edition"),
    )
    created_at = tables.TemplateColumn(_MOMENT, verbose_name=_("In force since"))
    hours = tables.Column(verbose_name=_("Opening hours"), empty_values=())
    days = tables.Column(verbose_name=_("Own days off"), empty_values=(), attrs=_NUMERIC)
    created_by_name = tables.Column(verbose_name=_("Who"))
    reason = tables.Column(verbose_name=_("Reason"))

    class Meta:
        orderable = False

    caption = _("Editions of the calendar")

    def render_hours(self, record: Any) -> str:
        """From when to when."""
        return f"{record.opens:%H:%M}–{record.closes:%H:%M}"

    def render_days(self, record: Any) -> int:
        """How many days of its own."""
        return len(record.days_off)


class ClosedDayTable(tables.Table):  # type: ignore[misc]
    """Weekdays on which nobody works."""

    day = tables.Column(verbose_name=_("Day"))
    name = tables.Column(verbose_name=_("Reason"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("Every weekday is a business day")

    caption = _("Closed weekdays")

    def render_day(self, value: Any) -> str:
        """With the day of the week."""
        return f"{date_format(value, 'DATE_FORMAT')} ({date_format(value, 'D')})"

    def render_name(self, record: Any) -> str:
        """The holiday, the provider's own name, or the year's end."""
        return record.name or (gettext("End of the year") if record.year_end else gettext("Day off"))
