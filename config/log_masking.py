"""Bearer secrets never reach the log, whoever writes the line (ASVS 16.2.5)."""

import logging
import re

# `<tenant id>.<random>`, the spelling of tenants.isolation.secrets, such as in the address of an invitation.
_SECRET = re.compile(r"\b([0-9a-f]{32})\.[A-Za-z0-9_-]{20,}")


class SecretFilter(logging.Filter):
    """Leaves of a bearer secret the tenant only."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line where it holds a secret."""
        message = record.getMessage()
        masked = _SECRET.sub(r"\1.********", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
