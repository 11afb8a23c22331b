"""Words for the columns of a data return, where the field of the model has none for people (R3)."""

from typing import Any

from django.db import models

_WORDS: dict[str, Any] = {}


def label_of(field: "models.Field[Any, Any]") -> str:
    """What people call a column, in the active language."""
    return str(_WORDS.get(str(field.column)) or field.verbose_name)
