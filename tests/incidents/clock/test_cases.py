"""The calendar against cases that were worked out by hand, another library, and its own old editions (N1, N2, N6)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.business_hours import (
    ZONE,
    BusinessCalendar,
    CalendarEnds,
    default_calendar,
    japanese_holidays,
    year_ends,
)
from incidents.clock.kinds import FIRST_ANSWER_HOURS, KINDS, MAINTENANCE_DAYS, MALICIOUS
from incidents.clock.models import CalendarEdition

CASES = Path(__file__).with_name("cases.txt")
CALENDARS = {
    "default": default_calendar(),
    "summer": BusinessCalendar(2, default_calendar().closed_days | {date(2026, 8, 13), date(2026, 8, 14)}),
    "open at the year's end": BusinessCalendar(3, japanese_holidays()),
    "nine to five": BusinessCalendar(4, default_calendar().closed_days, time(9), time(17)),
}


def cases() -> Iterator[tuple[str, str]]:
    """The lines of the table, each with the name of its calendar."""
    calendar = ""
    for line in CASES.read_text().splitlines():
        if line.startswith("["):
            calendar = line.strip("[]")
        elif line and not line.startswith("#"):
            yield calendar, line


def moment(text: str) -> datetime:
    """A time of the table; Japan's without an offset."""
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def counted(calendar: BusinessCalendar, began: str, promised: str) -> str:
    """What the product counts, as the table writes it."""
    kind, _blank, grade = promised.partition(" ")
    if kind == "whole_days":
        announced, _arrow, begins = began.partition(" -> ")
        return str(calendar.whole_business_days_between(moment(announced), moment(begins)))
    if kind == "maintenance":
        due = calendar.latest_announcement(moment(began), MAINTENANCE_DAYS)
    else:
        due = KINDS[kind].due_of(moment(began), calendar, grade).astimezone(ZONE)
    return f"{due:%Y-%m-%d %H:%M:%S}" if due.second else f"{due:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(("calendar", "line"), list(cases()), ids=str)
def test_what_was_worked_out_by_hand(calendar: str, line: str) -> None:
    """N1, N2, N4, N6: every line of the table."""
    began, promised, due = (part.strip() for part in line.split("|"))
    assert counted(CALENDARS[calendar], began, promised) == due


def test_the_table_is_long_and_says_nothing_twice() -> None:
    """N1: 200 or more dated cases, every kind that is counted by a rule among them."""
    lines = list(cases())
    assert len(set(lines)) == len(lines) >= 200
    kinds = {line.split("|")[1].strip() for _calendar, line in lines}
    counted_by_rule = {code for code, kind in KINDS.items() if kind.due and code != "first_answer"}
    grades = {f"first_answer {priority}" for priority in FIRST_ANSWER_HOURS}
    assert kinds == counted_by_rule | grades | {f"ppc_final {MALICIOUS}", "maintenance", "whole_days"}


def test_two_libraries_know_the_same_holidays() -> None:
    """N1: `holidays`, by which we count, and `jpholiday` agree on every day from 2024 to 2030."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(7 * 366)]
    days = [day for day in days if day.year <= 2030]
    ours = {day for day in days if day in japanese_holidays()}
    assert ours == {day for day in days if jpholiday.is_holiday(day)}
    assert len(ours) >= 7 * 16


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(ZONE))  # noqa: DTZ001
DAYS_OFF = st.sets(st.dates(date(2024, 1, 1), date(2036, 12, 31)), max_size=30)


@given(start=MOMENTS, days_off=DAYS_OFF, year_end=st.booleans(), days=st.integers(1, 15))
def test_counting_holds_together(start: datetime, days_off: set[date], year_end: bool, days: int) -> None:
    """N1, N6: whatever is closed, ends lie on open days, and counting there and back agrees."""
    calendar = BusinessCalendar(9, japanese_holidays() | days_off | (year_ends() if year_end else frozenset()))
    end = calendar.end_of_business_day(start, days)
    assert calendar.is_business_day(end.date())
    assert calendar.whole_business_days_between(start.replace(hour=12), end) == days - 1
    hours = timedelta(hours=days)
    after = calendar.after_business_hours(start, hours)
    assert calendar.business_time_between(start, after) == hours
    latest = calendar.latest_announcement(start, days)
    assert calendar.whole_business_days_between(latest, start) == days
    assert calendar.whole_business_days_between(latest + timedelta(seconds=1), start) == days - 1


@given(start=MOMENTS, days_off=DAYS_OFF, grade=st.sampled_from(sorted(FIRST_ANSWER_HOURS)))
def test_an_old_edition_counts_as_it_did(start: datetime, days_off: set[date], grade: str) -> None:
    """N1: what an edition stores is all that counting needs, so that an old deadline comes out equal for ever."""
    closed = japanese_holidays() | year_ends() | days_off
    promised = BusinessCalendar(7, closed)
    stored = CalendarEdition(version=7, closed_days=sorted(closed), first_year=2000, last_year=2050).calendar()
    assert stored == promised
    for kind in KINDS.values():
        if kind.due is not None:
            given_grade = grade if kind.code == "first_answer" else ""
            assert kind.due_of(start, stored, given_grade) == kind.due_of(start, promised, given_grade)


def test_beyond_its_years_a_calendar_says_so() -> None:
    """N1: a day of which nobody knows whether it is a holiday is not guessed."""
    with pytest.raises(CalendarEnds):
        default_calendar().end_of_business_day(datetime(2050, 12, 31, tzinfo=ZONE), 1)
