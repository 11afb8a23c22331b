"""Where lines of the log go, and through which filter: the same for Django, Celery and gunicorn (G8; ASVS 16.2.5)."""

import logging
import time
from typing import Any


class UtcFormatter(logging.Formatter):
    """Says when in UTC, to the millisecond, as ISO 8601 does (G8)."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


def configuration(level: str) -> dict[str, Any]:
    """The configuration for everything of at least this level: to standard error, without secrets."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"class": "config.logs.UtcFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
        },
        "filters": {"secrets": {"()": "config.log_masking.SecretFilter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
        "loggers": {
            # Says at every start that the schemas of XML are loaded already.
            "xmlschema": {"level": "WARNING"},
            # Has handlers of its own otherwise, and writes the address of a request that failed as it was.
            "gunicorn.error": {"handlers": [], "propagate": True},
            "gunicorn.access": {"handlers": [], "propagate": True},
        },
        "root": {"handlers": ["console"], "level": level},
    }
