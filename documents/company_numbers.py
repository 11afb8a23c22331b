"""The Japanese corporate number 法人番号: twelve digits behind a check digit."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_corporate_number(number: str) -> None:
    """Raise ValidationError unless the text is 13 digits whose first one is right for the others."""
    if not re.fullmatch(r"[0-9]{13}", number):
        raise ValidationError(_("A corporate number has 13 digits."), code="digits")
    if int(number[0]) != check_digit(number[1:]):
        raise ValidationError(_("This corporate number has a typing error: its check digit is wrong."), code="check")


def check_digit(base: str) -> int:
    """The check digit of twelve digits: 9 minus the remainder by 9 of their sum, every second one from the right twice.

    As the ordinance on corporate numbers (法人番号の指定等に関する省令) defines it.
    """
    weighted = (int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(base), start=1))
    return 9 - sum(weighted) % 9
