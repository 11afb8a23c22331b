"""The number of a registered issuer of qualified invoices: 登録番号, T and thirteen digits (T6)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from documents.company_numbers import validate_corporate_number


def validate_registration_number(number: str) -> None:
    """Raise ValidationError unless it is T and a number whose check digit is right.

    Sole traders get numbers that are made by the same rule (国税庁, インボイス制度 登録番号の構成).
    """
    if not number.startswith("T"):
        raise ValidationError(_("A registration number is T and 13 digits."), code="letter")
    validate_corporate_number(number[1:])
