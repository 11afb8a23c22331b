"""System checks: whatever has a period also has an end (R6)."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldError

from retention.expiry.classes import Expiring, expiring_tables
from tenants.isolation.assets import declared_assets


@register
def every_period_ends(**_options: Any) -> list[CheckMessage]:
    """A declared number of days says from when it counts and how the rows go."""
    modelled = {each.table for each in expiring_tables()}
    errors: list[CheckMessage] = [
        Error(f"{table} has a period and no model by which its rows are found.", id="retention.E001")
        for table, asset in declared_assets().items()
        if asset.retention.days is not None and table not in modelled
    ]
    for each in expiring_tables():
        errors += [
            Error(f"{each.table} has a period that never ends: {problem}.", obj=each.model, id="retention.E002")
            for problem in problems_of(each)
        ]
    return errors


def problems_of(each: Expiring) -> Iterator[str]:
    """Why rows of this table would stay for ever."""
    retention = each.asset.retention
    if not retention.counted_from:
        yield "it does not say from when it counts (counted_from)"
        return
    try:
        each.with_moments(each.everybody())
    except FieldError as error:
        yield f"counted_from is not of this table ({error})"
    if retention.expired_by:
        try:
            each.special()
        except ImportError:
            yield f"there is no function {retention.expired_by}"
    if "SELECT" not in each.asset.platform_rights:
        yield "the platform role may not count its rows"
    if each.by_company and not retention.expired_by and "DELETE" not in each.asset.app_rights:
        yield "the app role may not delete its rows, and no function does (expired_by)"
