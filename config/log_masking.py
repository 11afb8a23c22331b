"""Secrets never reach the log, and what others wrote never looks like a line of it (G7; ASVS 16.2.5, 16.4.1)."""

import logging
from collections.abc import ItemsView, Mapping
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from auditlog.masking import MASK, is_secret, masked, masked_text

_TRACEBACK = logging.Formatter()
# What every record has; the rest came in by `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class SecretFilter(logging.Filter):
    """Masks the secrets of a record: in its arguments, its message, what came with it, and in its traceback.

    Line ends, escapes and direction marks of the message become visible; each line of a traceback is indented, so that
    none of them looks like a line of the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record where it needs to be."""
        for name in vars(record).keys() - _OWN:
            setattr(record, name, _masked_value(name, getattr(record, name)))
        record.args = _masked_arguments(record.args)
        message = _message(record)
        shown = _visible(masked_text(message))
        if shown != message:
            record.msg, record.args = shown, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _TRACEBACK.formatException(record.exc_info)
        record.exc_text = _indented(record.exc_text)
        record.stack_info = _indented(record.stack_info)
        return True


class ReporterFilter(SafeExceptionReporterFilter):
    """For reports of errors, should anybody ever turn them on: every value goes through the masking of the logs."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always; Django's own shows everything while DEBUG is on."""
        return True

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """A setting or an entry of the request's environment."""
        return masked({str(key): super().cleanse_setting(key, value)})[str(key)]

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """The form that was sent."""
        return dict(masked(dict(super().get_post_parameters(request).items())))

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        """The variables of a function on the way to the error."""
        found = super().get_traceback_frame_variables(request, tb_frame)
        return dict(masked(dict(found))).items()


def _message(record: logging.LogRecord) -> str:
    """Its text. A record that does not fit together must not stop who wanted to say something."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        record.msg, record.args = str(record.msg), ()
        return str(record.msg)


def _masked_arguments(arguments: Any) -> Any:
    if isinstance(arguments, Mapping):
        return {name: _masked_value(str(name), value) for name, value in arguments.items()}
    return tuple(_masked_value("", value) for value in arguments) if isinstance(arguments, tuple) else arguments


def _masked_value(name: str, value: Any) -> Any:
    """Numbers stay numbers, for `%d`; what is a text already is looked at with the message."""
    if value is None or isinstance(value, bool):
        return value
    if is_secret(name):
        return MASK
    if isinstance(value, str):
        return masked_text(value)
    return masked(value) if isinstance(value, Mapping | list | tuple | set | frozenset) else value


def _indented(text: str | None) -> str | None:
    if not text:
        return text
    lines = masked_text(text).splitlines()
    return "\n".join(f"    {_visible(line)}" for line in lines)


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
