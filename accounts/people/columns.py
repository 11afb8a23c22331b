"""The columns of a list of users, by which names they are known, in the order of the template (A8)."""

import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: dict[str, Promise] = {
    "user_id": _("User ID"),
    "name": pgettext_lazy("person", "Name"),
    "email": _("E-mail address"),
    "roles": _("Roles"),
    "language": _("Language"),
}
REQUIRED = ("user_id", "name", "email")
_KNOWN_AS = {
    "user_id": ("userid", "loginid", "ユーザーid", "ユーザid", "ログインid"),
    "name": ("name", "fullname", "氏名", "名前"),
    "email": ("email", "emailaddress", "mail", "mailaddress", "メールアドレス", "メール", "eメール"),
    "roles": ("roles", "role", "ロール", "メニューロール", "権限"),
    "language": ("language", "言語", "表示言語"),
}
_BY_NAME = {name: column for column, names in _KNOWN_AS.items() for name in names}


def folded(text: str) -> str:
    """For comparison: half-width and full-width, capital and small letters are the same."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def column_called(heading: str) -> str | None:
    """The column that a heading means, in Japanese or in English; None for an unknown one."""
    return _BY_NAME.get("".join(char for char in folded(heading) if char not in " _-."))
