"""System checks: every address says who may open it (A9), and the file of breached passwords is there (A2)."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import access_of


@register()
def every_address_has_an_access_rule(**_kwargs: Any) -> list[CheckMessage]:
    """One error for each view without a decorator of `accounts.access`."""
    return [
        Error(
            f"The view {pattern.lookup_str} at /{address} does not say who may open it.",
            hint="Put @public, @signed_in or @menu_required(…) outermost.",
            id="accounts.E001",
        )
        for address, pattern in addresses()
        if access_of(pattern.callback) is None
    ]


@register()
def breached_passwords_can_be_read(**_kwargs: Any) -> list[CheckMessage]:
    """An error where the setting names a file that is not there: the log alone would be read too late."""
    file = settings.BREACHED_PASSWORDS
    if not file or os.access(file, os.R_OK):
        return []
    return [Error(f"BREACHED_PASSWORDS names {file}, which cannot be read.", id="accounts.E002")]


def addresses(patterns: Iterable[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern. Static files have none: they are served before any view."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, address)
        else:
            yield address, entry
