"""Billing countries, the way their postal codes are written, and phone numbers (T5)."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_PHONE = re.compile(r"\+?[0-9][0-9() -]*[0-9]")
_FEWEST_DIGITS, _MOST_DIGITS = 6, 15  # 15: ITU-T E.164
# What Japanese input makes of a hyphen; NFKC leaves these as they are.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


class Country(models.TextChoices):
    """Where invoices may go; ISO 3166-1."""

    JP = "JP", gettext_lazy("Japan")
    AU = "AU", gettext_lazy("Australia")
    CA = "CA", gettext_lazy("Canada")
    CN = "CN", gettext_lazy("China")
    FR = "FR", gettext_lazy("France")
    DE = "DE", gettext_lazy("Germany")
    HK = "HK", gettext_lazy("Hong Kong")
    IN = "IN", gettext_lazy("India")
    KR = "KR", gettext_lazy("South Korea")
    SG = "SG", gettext_lazy("Singapore")
    TW = "TW", gettext_lazy("Taiwan")
    TH = "TH", gettext_lazy("Thailand")
    GB = "GB", gettext_lazy("United Kingdom")
    US = "US", gettext_lazy("United States")
    VN = "VN", gettext_lazy("Vietnam")


class Currency(models.TextChoices):
    """What prices may be agreed in; ISO 4217."""

    JPY = "JPY", gettext_lazy("Japanese yen (JPY)")
    USD = "USD", gettext_lazy("US dollar (USD)")
    EUR = "EUR", gettext_lazy("Euro (EUR)")
    SGD = "SGD", gettext_lazy("Singapore dollar (SGD)")


@dataclass(frozen=True, slots=True)
class _Postal:
    """How a country writes its codes: a pattern, one to show, and how a right one is set."""

    pattern: str
    example: str
    setting: Callable[[re.Match[str]], str] = lambda match: match[0]


def _joined(by: str) -> Callable[[re.Match[str]], str]:
    return lambda match: by.join(match.groups())


_POSTAL = {
    Country.JP: _Postal(r"(\d{3})-?(\d{4})", "100-0001", _joined("-")),
    Country.AU: _Postal(r"\d{4}", "2000"),
    Country.CA: _Postal(r"([A-Z]\d[A-Z]) ?(\d[A-Z]\d)", "K1A 0B1", _joined(" ")),
    Country.CN: _Postal(r"\d{6}", "100000"),
    Country.FR: _Postal(r"\d{5}", "75001"),
    Country.DE: _Postal(r"\d{5}", "10115"),
    Country.IN: _Postal(r"(\d{3}) ?(\d{3})", "110001", _joined("")),
    Country.KR: _Postal(r"\d{5}", "03187"),
    Country.SG: _Postal(r"\d{6}", "018956"),
    Country.TW: _Postal(r"\d{3}(?:\d{2,3})?", "100"),
    Country.TH: _Postal(r"\d{5}", "10200"),
    Country.GB: _Postal(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})", "SW1A 1AA", _joined(" ")),
    Country.US: _Postal(r"(\d{5})(?:-?(\d{4}))?", "20500", lambda match: "-".join(filter(None, match.groups()))),
    Country.VN: _Postal(r"\d{5,6}", "100000"),
}


def clean_postal_code(text: str, country: str) -> str:
    """The code as the country writes it, from full-width letters too; none for a country that has none.

    Raises ValidationError with an example of a right one.
    """
    typed = _narrow(text).upper().removeprefix("〒").strip()
    postal = _POSTAL.get(Country(country))
    if not typed:
        return ""
    if postal is None:
        raise ValidationError(_("This country has no postal codes. Leave it empty."), code="postal_code")
    match = re.fullmatch(postal.pattern, typed, re.ASCII)
    if match is None:
        message = _("This is no postal code of the country. Write it like %(example)s.")
        raise ValidationError(message, code="postal_code", params={"example": postal.example})
    return postal.setting(match)


def clean_phone(text: str) -> str:
    """The number with its signs, in narrow characters. Raises ValidationError for what nobody could call."""
    typed = _narrow(text)
    if not typed:
        return ""
    digits = sum(character.isdigit() for character in typed)
    if not _PHONE.fullmatch(typed) or not _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
        message = _("This is no phone number. Write it like 03-1234-5678 or +81 3 1234 5678.")
        raise ValidationError(message, code="phone")
    return typed


def _narrow(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_HYPHENS).split())
