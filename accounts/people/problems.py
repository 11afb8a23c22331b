"""What can be wrong with a list of users: codes that are stored, and their words in the reader's language (A8)."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.people.columns import LABELS

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 10_000


class Problem(NamedTuple):
    """One thing that is wrong. Line 0 is the file as a whole; `value` is what was found, or the column's code."""

    line: int
    code: str
    value: str = ""

    @property
    def text(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        value = _now(str(LABELS[self.value])) if self.code in _OF_A_COLUMN else self.value
        return str(_TEXTS[self.code]) % {"value": value, "rows": MAX_ROWS, "megabytes": MAX_BYTES // 1024 // 1024}


_OF_A_COLUMN = {"missing", "too_long", "formula", "control", "column_missing"}
_TEXTS: dict[str, Promise] = {
    "not_text": _("This is not a CSV file. In your spreadsheet, choose “CSV UTF-8” or “CSV” when you save it."),
    "encoding": _("The letters cannot be read. Save the file as CSV in UTF-8 or in Shift_JIS."),
    "empty": _("The list has no rows below its headings."),
    "too_many_rows": _("The list has more than %(rows)d rows. Split it."),
    "broken": _("The quotation marks do not match from this line on."),
    "column_missing": _("The column “%(value)s” is missing. Download the template to see the headings."),
    "column_unknown": _("The heading “%(value)s” is unknown. Download the template to see the headings."),
    "column_twice": _("The heading “%(value)s” occurs twice."),
    "plan_full": _("Your plan has room for %(value)s more users. Shorten the list, or ask for a larger plan."),
    "right_lost": _("Whoever started the import may not manage users any more. Start it again."),
    "too_many_cells": _("This row has more cells than there are headings."),
    "missing": _("“%(value)s” is empty."),
    "too_long": _("“%(value)s” is too long."),
    "formula": _("“%(value)s” begins with = + - or @, which a spreadsheet would run as a formula."),
    "control": _("“%(value)s” contains a line break or an invisible character."),
    "user_id_format": _("The user ID “%(value)s” may contain letters, digits and . _ @ + - only."),
    "email_format": _("“%(value)s” is not a valid e-mail address."),
    "repeated": _("The user ID “%(value)s” occurs further up in this list already."),
    "taken": _("The user ID “%(value)s” is taken."),
    "former": _("The user ID “%(value)s” belonged to a removed user not long ago."),
    "role_unknown": _("There is no role “%(value)s”. Separate several roles by a semicolon."),
    "language_unknown": _("The language “%(value)s” is not on offer. Write ja or en, or leave it empty."),
}
