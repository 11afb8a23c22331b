"""Secrets never reach a log: masked at every depth, by the name of their key and by their own looks (G7)."""

from auditlog.masking.keys import is_secret
from auditlog.masking.texts import MASK, masked_forms, masked_text
from auditlog.masking.values import masked

__all__ = ["MASK", "is_secret", "masked", "masked_forms", "masked_text"]
