"""Whole yen, worked out by hand: days of a month, tax by rate, due dates, fiscal years (T6)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tenants.invoices.amounts import TaxSum, prorated, tax_sums
from tenants.invoices.periods import due_date, fiscal_year
from tenants.invoices.registration import validate_registration_number
from tenants.months import Month


@pytest.mark.parametrize(
    ("fee", "days", "of", "amount"),
    [
        (50_000, 30, 30, 50_000),
        (50_000, 1, 28, 1_785),  # 1785.71…
        (50_000, 27, 28, 48_214),  # 48214.28…
        (50_000, 1, 29, 1_724),  # 1724.13…, a leap year
        (50_000, 28, 29, 48_275),  # 48275.86…
        (50_000, 15, 31, 24_193),  # 24193.54…
        (1, 27, 28, 0),
    ],
)
def test_part_of_a_month(fee: int, days: int, of: int, amount: int) -> None:
    """T6: the part of a yen is not charged."""
    assert prorated(fee, days=days, of=of) == amount


def line(amount: int, percent: int = 10, *, reduced: bool = False) -> dict[str, object]:
    """A line as the ledger keeps it, as far as taxes go."""
    return {"amount": amount, "percent": percent, "reduced": reduced}


@pytest.mark.parametrize(
    ("rounding", "ten", "eight"), [("down", 1_035, 799), ("half_up", 1_036, 800), ("up", 1_036, 800)]
)
def test_one_rounding_for_each_rate(rounding: str, ten: int, eight: int) -> None:
    """T6: the sum of a rate is rounded, not each line: 10,355 and 9,995 yen make 1035.5 and 799.6 yen of tax.

    Rounded line by line it would be 1,034 (5 times 206.8, 1.5).
    """
    lines = [*[line(2_068) for _five in range(5)], line(15), line(9_995, 8, reduced=True)]
    assert tax_sums(lines, rounding) == [TaxSum(10, False, 10_355, ten), TaxSum(8, True, 9_995, eight)]


def test_the_same_percentage_reduced_and_not_are_two_rates() -> None:
    """T6: 8 % of old and 8 % reduced are told apart on a qualified invoice."""
    assert tax_sums([line(99, 8), line(99, 8, reduced=True)], "down") == [
        TaxSum(8, True, 99, 7),
        TaxSum(8, False, 99, 7),
    ]
    assert tax_sums([], "up") == []


@pytest.mark.parametrize(
    ("year", "month", "issued", "due"),
    [
        (2026, 9, "2026-10-01", "2026-11-02"),  # 31 October is a Saturday
        (2026, 10, "2026-11-01", "2026-11-30"),
        (2026, 11, "2026-12-01", "2027-01-04"),  # banks are closed from 31 December to 3 January
        (2026, 12, "2027-01-01", "2027-02-01"),  # 31 January is a Sunday
        (2026, 3, "2026-04-01", "2026-04-30"),
        (2028, 1, "2028-02-01", "2028-02-29"),
        (2026, 3, "2026-06-15", "2026-07-31"),  # missed, and issued in June
    ],
)
def test_due_at_the_end_of_the_next_month(year: int, month: int, issued: str, due: str) -> None:
    """T6: and on the next day on which banks are open."""
    assert due_date(Month("Asia/Tokyo", year, month), date.fromisoformat(issued)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("day", "first", "year"), [("2026-03-31", 4, 2025), ("2026-04-01", 4, 2026), ("2026-01-01", 1, 2026)]
)
def test_fiscal_years(day: str, first: int, year: int) -> None:
    """T6: numbered by the year in which they begin."""
    assert fiscal_year(date.fromisoformat(day), first) == year


@pytest.mark.parametrize(
    "number", ["T7000012050003", "7000012050002", "T700001205000", "t7000012050002", "T70000120500０2"]
)
def test_wrong_registration_numbers(number: str) -> None:
    """T6: the check digit finds a typing error."""
    validate_registration_number("T7000012050002")  # 国税庁
    with pytest.raises(ValidationError):
        validate_registration_number(number)
