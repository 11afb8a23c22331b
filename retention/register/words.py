"""What classes of data and periods are called, for people (R6)."""

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from tenants.isolation.assets import declared_assets

_YEAR = 365.25


def name_of(table: str) -> str:
    """The class of a table, in the reader's language; the name of a table that is no more is all there is of it."""
    asset = declared_assets().get(table)
    return capfirst(gettext(asset.data_class)) if asset else table


def period_words(days: int) -> str:
    """A number of days as people say it: in years from one year on."""
    if days >= _YEAR:
        years = round(days / _YEAR)
        return ngettext("%(years)d year", "%(years)d years", years) % {"years": years}
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
