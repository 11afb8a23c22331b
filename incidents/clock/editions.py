"""Editions of the business calendar: the one in force, an earlier one, and making a new one (N1).

A new edition counts for deadlines that start from then on. Those that run keep the edition by which they were promised.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from config.business_hours import (
    CLOSES,
    FIRST_YEAR,
    LAST_YEAR,
    OPENS,
    ZONE,
    BusinessCalendar,
    japanese_holidays,
    year_ends,
)
from incidents.clock.actions import CALENDAR_CHANGED
from incidents.clock.models import CalendarEdition
from tenants.isolation.transactions import platform_transaction, take_turns

MOST_DAYS_OFF = 500


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which the provider does not work, and what it is called."""

    day: date
    note: str = ""


def edition_in_force() -> CalendarEdition:
    """The newest edition; a migration made the first one."""
    return CalendarEdition.objects.order_by("-version")[0]


def calendar_in_force() -> BusinessCalendar:
    """The same for counting."""
    return edition_in_force().calendar()


def calendar_of(version: int) -> BusinessCalendar:
    """The calendar by which something was promised, however long ago."""
    return CalendarEdition.objects.get(version=version).calendar()


def make_edition(
    days_off: Collection[DayOff],
    *,
    reason: str,
    year_end: bool = True,
    opens: time = OPENS,
    closes: time = CLOSES,
    actor: Actor,
) -> CalendarEdition:
    """Make an edition that is in force at once, with holidays as they are known today. Raises ValidationError.

    Recorded in the log of the tenant in scope, the provider's.
    """
    _check(days_off, opens, closes)
    own = {each.day: each.note.strip() for each in days_off}
    closed = japanese_holidays() | frozenset(own) | (year_ends() if year_end else frozenset())
    with platform_transaction():
        take_turns("edition of the calendar")
        before = edition_in_force()
        edition = CalendarEdition(
            version=before.version + 1,
            created_by_name=actor.name or actor.user_id,
            reason=reason.strip(),
            closed_days=sorted(closed),
            days_off=[{"day": day.isoformat(), "note": note} for day, note in sorted(own.items())],
            year_end=year_end,
            opens=opens,
            closes=closes,
            zone=ZONE.key,
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
        edition.save(force_insert=True)
        record(CALENDAR_CHANGED, actor=actor, target=edition, before=_summary(before), after=_summary(edition))
    return edition


def _check(days_off: Collection[DayOff], opens: time, closes: time) -> None:
    if opens >= closes:
        raise ValidationError({"closes": _("The close comes after the opening.")}, code="hours")
    if len(days_off) > MOST_DAYS_OFF:
        raise ValidationError({"days_off": _("%(most)d days off at most.") % {"most": MOST_DAYS_OFF}}, code="many")
    wrong = [each.day for each in days_off if not FIRST_YEAR <= each.day.year <= LAST_YEAR]
    if wrong:
        text = _("The calendar reaches from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError({"days_off": text}, code="years")


def _summary(edition: CalendarEdition) -> dict[str, object]:
    days = [f"{each['day']} {each['note']}".strip() for each in edition.days_off]
    hours = f"{edition.opens:%H:%M}-{edition.closes:%H:%M}"
    return {"days_off": days, "year_end": edition.year_end, "hours": hours, "reason": edition.reason}
