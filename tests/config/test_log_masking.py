"""The log shows no bearer secret (ASVS 16.2.5)."""

import logging
from uuid import uuid4

from django.conf import settings

from config.log_masking import SecretFilter
from tenants.isolation.secrets import BearerSecret


def test_a_secret_in_a_line_is_masked() -> None:
    """The address of an invitation, as Django logs it when its form is refused."""
    secret = BearerSecret.new(uuid4())
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "Forbidden: %s", (f"/invitation/{secret}/",), None)
    assert SecretFilter().filter(record)
    assert record.getMessage() == f"Forbidden: /invitation/{secret.tenant_id.hex}.********/"


def test_every_handler_masks() -> None:
    """A handler without the filter would write what the others hide."""
    assert all("secrets" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
