"""The list of business partners (D4)."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from documents.actions import (
    COUNTERPARTY_CHANGED,
    COUNTERPARTY_CREATED,
    COUNTERPARTY_DEACTIVATED,
    COUNTERPARTY_REACTIVATED,
)
from documents.models import Counterparty
from tenants.isolation.transactions import atomic
from vault.filenames import require_visible

_KANA = re.compile(r"[ァ-ヺー・･ 0-9A-Za-z.,&'()-]*")
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def clean_line(text: str) -> str:
    """A line of text as it is stored. Raises ValidationError for invisible characters in it."""
    line = unicodedata.normalize("NFC", text).strip()
    require_visible(line)
    return line


def clean_note(text: str) -> str:
    """A text of several lines. Raises ValidationError for invisible characters in it."""
    note = unicodedata.normalize("NFC", text).strip()
    require_visible(note.translate(dict.fromkeys(map(ord, "\r\n\t"))))
    return note


def clean_code(text: str) -> str:
    """A code as it is stored: NFKC, because full-width digits from Japanese input are the same code."""
    return unicodedata.normalize("NFKC", clean_line(text))


def clean_kana(text: str) -> str:
    """A reading in full-width katakana, from hiragana and half-width katakana too. Raises ValidationError."""
    kana = unicodedata.normalize("NFKC", text).strip().translate(_TO_KATAKANA)
    if not _KANA.fullmatch(kana):
        raise ValidationError(_("Write the reading in katakana or hiragana."), code="kana")
    return kana


@atomic()
def create_counterparty(*, actor: Actor, code: str, name: str, **details: str) -> Counterparty:
    """Add a business partner. `details`: kana, corporate_number, note.

    Raises ValidationError, keyed by the field that is wrong; `code` also when it is taken.
    """
    counterparty = Counterparty()
    values = _save(counterparty, {"code": code, "name": name, **details})
    record(COUNTERPARTY_CREATED, actor=actor, target=counterparty, after=values)
    return counterparty


@atomic()
def change_counterparty(counterparty: Counterparty, *, actor: Actor, **values: str) -> None:
    """Change these fields of a business partner. Raises ValidationError as `create_counterparty`."""
    before = {name: getattr(counterparty, name) for name in values}
    after = {name: value for name, value in _save(counterparty, values).items() if value != before[name]}
    if after:
        record(
            COUNTERPARTY_CHANGED,
            actor=actor,
            target=counterparty,
            before={name: before[name] for name in after},
            after=after,
        )


@atomic()
def deactivate_counterparty(counterparty: Counterparty, *, actor: Actor) -> None:
    """Take a business partner out of use; it stays where documents name it."""
    if Counterparty.objects.filter(id=counterparty.id, active=True).update(active=False):
        record(COUNTERPARTY_DEACTIVATED, actor=actor, target=counterparty)


@atomic()
def reactivate_counterparty(counterparty: Counterparty, *, actor: Actor) -> None:
    """Put a business partner into use again."""
    if Counterparty.objects.filter(id=counterparty.id, active=False).update(active=True):
        record(COUNTERPARTY_REACTIVATED, actor=actor, target=counterparty)


def _save(counterparty: Counterparty, values: dict[str, str]) -> dict[str, Any]:
    """Clean, check and save; returns the values as they were stored."""
    for field, value in values.items():
        try:
            setattr(counterparty, field, _CLEANERS[field](value))
        except ValidationError as error:
            raise ValidationError({field: error.messages}) from error
    counterparty.full_clean(validate_unique=False, validate_constraints=False)  # the database sees to the code below
    try:
        with atomic():
            counterparty.save()
    except IntegrityError as error:
        raise ValidationError({"code": _("Another counterparty has this code.")}, code="taken") from error
    return {field: getattr(counterparty, field) for field in values}


_CLEANERS: dict[str, Callable[[str], str]] = {
    "code": clean_code,
    "name": clean_line,
    "kana": clean_kana,
    "corporate_number": clean_code,
    "note": clean_note,
}
