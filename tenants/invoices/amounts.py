"""The arithmetic of invoices in whole yen: a month by days, and the tax with one rounding a rate (T6)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rounding(models.TextChoices):
    """What becomes of the part of a yen; the law leaves it to the issuer."""

    DOWN = "down", _("Round down")
    HALF_UP = "half_up", _("Round half up")
    UP = "up", _("Round up")


def rounded(numerator: int, denominator: int, rounding: str) -> int:
    """The quotient of two whole numbers, not below zero, in whole yen."""
    whole, rest = divmod(numerator, denominator)
    if rounding == Rounding.UP:
        return whole + (rest > 0)
    return whole + (rounding == Rounding.HALF_UP and 2 * rest >= denominator)


def prorated(fee: int, *, days: int, of: int) -> int:
    """The part of a month's fee for some of its days; part of a yen is not charged."""
    return fee * days // of


@dataclass(frozen=True, slots=True)
class TaxSum:
    """What is taxed at one rate, and the tax on all of it."""

    percent: int
    reduced: bool
    net: int
    tax: int

    def as_json(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        return asdict(self)


def tax_sums(lines: Iterable[Mapping[str, Any]], rounding: str) -> list[TaxSum]:
    """The sums by rate, the highest first: rounded once a rate, on the sum of its lines, as a qualified invoice must be
    (消費税法施行令70条の10)."""
    nets: dict[tuple[int, bool], int] = {}
    for line in lines:
        rate = (line["percent"], line["reduced"])
        nets[rate] = nets.get(rate, 0) + line["amount"]
    return [
        TaxSum(percent, reduced, net, rounded(net * percent, 100, rounding))
        for (percent, reduced), net in sorted(nets.items(), reverse=True)
    ]
