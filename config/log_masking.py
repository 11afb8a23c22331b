"""Bearer secrets never reach the log, and what others wrote never looks like a line of it (ASVS 16.2.5, 16.4.1)."""

import logging
import re

# `<tenant id>.<random>`, the spelling of tenants.isolation.secrets, such as in the address of an invitation.
_SECRET = re.compile(r"\b([0-9a-f]{32})\.[A-Za-z0-9_-]{20,}")


class SecretFilter(logging.Filter):
    """Leaves of a bearer secret the tenant only, and writes line ends, escapes and direction marks as escapes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line where it needs to be."""
        message = record.getMessage()
        masked = _visible(_SECRET.sub(r"\1.********", message))
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
