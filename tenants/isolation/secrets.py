"""Bearer secrets that name their tenant: `<tenant id>.<random>` (session cookie, invitation, API token, secure link).

The server enters the named tenant and looks the hash up inside it, so a forged prefix finds nothing, and no table of
secrets spans tenants.
"""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True)
class BearerSecret:
    """A secret in the clear, which exists only in the hands of its bearer. `hash` is what is stored."""

    tenant_id: UUID
    random: str

    @classmethod
    def new(cls, tenant_id: UUID) -> "BearerSecret":
        """A fresh secret with 256 random bits."""
        return cls(tenant_id, secrets.token_urlsafe(_RANDOM_BYTES))

    @classmethod
    def parse(cls, text: str) -> "BearerSecret | None":
        """The secret in a cookie or a link, or None if the text has not exactly the form of `str()`."""
        prefix, dot, random = text.partition(".")
        if not dot or len(prefix) != 32 or not 20 <= len(random) <= 100 or not random.isascii():
            return None
        try:
            secret = cls(UUID(hex=prefix), random)
        except ValueError:
            return None
        # Python's numbers may also be written with signs, underscores and other scripts' digits.
        return secret if str(secret) == text else None

    @property
    def hash(self) -> str:
        """SHA-256 in hexadecimal: enough for a secret that cannot be guessed."""
        return hashlib.sha256(f"{self.tenant_id.hex}.{self.random}".encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.tenant_id.hex}.{self.random}"

    def __repr__(self) -> str:
        return f"<BearerSecret of {self.tenant_id}>"
