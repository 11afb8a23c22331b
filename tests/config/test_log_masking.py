"""The log shows no secret, whoever writes it and however (G7; ASVS 16.2.5)."""

import io
import logging
import logging.config
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from config import gunicorn
from config.log_masking import ReporterFilter, SecretFilter
from config.logs import UtcFormatter
from tenants.isolation.secrets import BearerSecret

CANARY = "hunter2"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger whose lines go through the product's filter and formatter into a text."""
    configured: Any = settings.LOGGING["formatters"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretFilter())
    handler.setFormatter(UtcFormatter(configured["line"]["format"]))
    logger = logging.getLogger("tests.log")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_secret_in_a_line_is_masked() -> None:
    """The address of an invitation, as Django logs it when its form is refused."""
    secret = BearerSecret.new(uuid4())
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "Forbidden: %s", (f"/invitation/{secret}/",), None)
    assert SecretFilter().filter(record)
    assert record.getMessage() == f"Forbidden: /invitation/{secret.tenant_id.hex}.********/"


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("sent %s", ({"headers": [("Authorization", CANARY)], "passwords": {"new": CANARY}},)),
        ("%(user)s with %(password)s", ({"user": "erin", "password": CANARY},)),
        ("password=%s", (CANARY,)),
        ('{"token": "%s"}', (CANARY,)),
        ("to %s", (f"redis://:{CANARY}@localhost/0",)),
        (f"Cookie: sekisho={CANARY}; csrf={CANARY}", ()),
        ("%(otp)d of %(user)s", ({"user": "erin", "otp": 123456},)),
        ("%d of %s", ("password", CANARY, CANARY)),
    ],
)
def test_no_argument_brings_a_secret_into_the_log(
    log: tuple[logging.Logger, io.StringIO], message: str, arguments: tuple[Any, ...]
) -> None:
    """G7: nor does a record that does not fit together stop who writes it."""
    logger, stream = log
    logger.warning(message, *arguments)
    line = stream.getvalue()
    assert line.endswith("\n")
    assert CANARY not in line
    assert "123456" not in line


def test_numbers_and_harmless_words_stay(log: tuple[logging.Logger, io.StringIO]) -> None:
    """G7: a line that says nothing helps nobody."""
    logger, stream = log
    logger.warning("%d of %s, %.1f s, token_count=%d", 3, ["a", "b"], 1.25, 7)
    assert stream.getvalue().endswith("3 of ['a', 'b'], 1.2 s, token_count=7\n")


def test_no_traceback_brings_a_secret_into_the_log(log: tuple[logging.Logger, io.StringIO]) -> None:
    """G7: PostgreSQL quotes the row that it refuses. ASVS 16.4.1: no line of it looks like one of the log."""
    logger, stream = log
    refused = f"password={CANARY}\n2026-11-22 INFO forged\nDETAIL:  Failing row contains (1, {CANARY}).\n"
    try:
        raise ValueError(refused)
    except ValueError:
        logger.exception("Failed", stack_info=True)
    first, *others = stream.getvalue().splitlines()
    assert first.endswith("Failed")
    assert any("ValueError: password=********" in line for line in others)
    assert CANARY not in stream.getvalue()
    assert all(line.startswith("    ") for line in others)


def test_what_comes_with_a_line_is_masked(log: tuple[logging.Logger, io.StringIO]) -> None:
    """G7: `extra`, which other formats write out."""
    logger, stream = log
    logger.handlers[0].setFormatter(logging.Formatter("%(session_token)s %(headers)s %(status)d"))
    extra = {"session_token": CANARY, "headers": {"cookie": CANARY, "accept": "kept"}, "status": 404}
    logger.warning("x", extra=extra)
    assert stream.getvalue() == "******** {'cookie': '********', 'accept': 'kept'} 404\n"


def test_every_handler_masks() -> None:
    """A handler without the filter would write what the others hide."""
    for configured in (settings.LOGGING, gunicorn.logconfig_dict):
        handlers: Any = configured["handlers"]
        assert all("secrets" in handler["filters"] for handler in handlers.values())
        loggers: Any = configured["loggers"]
        assert all(not logger.get("handlers") for logger in loggers.values())


def test_a_report_of_an_error_has_no_secret(rf: RequestFactory) -> None:
    """G7: settings, form, cookies, headers and the variables of every function on the way."""
    assert settings.DEBUG is False
    assert settings.DEFAULT_EXCEPTION_REPORTER_FILTER == "config.log_masking.ReporterFilter"
    secret = BearerSecret.new(uuid4())
    headers = {"Authorization": f"Bearer {CANARY}12345678"}
    request = rf.post("/x/", {"password": CANARY, "note": str(secret), "kept": "kept"}, headers=headers)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = str(secret)
    try:
        _fail(CANARY, {"token": CANARY}, secret)
    except ValueError as error:
        reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
    for report in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "_fail" in report
        assert secret.random not in report
        assert CANARY not in report.replace(f'CANARY = "{CANARY}"', "")
        assert settings.SECRET_KEY not in report
    assert isinstance(reporter.filter, ReporterFilter)


def _fail(password: str, form: dict[str, str], secret: BearerSecret) -> None:
    raise ValueError("It went wrong.")
