"""System check: every address of the product says who may open it (A9)."""

from collections.abc import Iterable, Iterator
from typing import Any

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


def addresses(patterns: Iterable[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern. Static files have none: they are served before any view."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, address)
        else:
            yield address, entry
