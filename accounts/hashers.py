"""Argon2id with the parameters of the settings (A2)."""

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.hashing import behind_the_others, gate


class ConfiguredArgon2Hasher(Argon2PasswordHasher):
    """Django's hasher; ARGON2_TIME_COST, ARGON2_MEMORY_KIB and ARGON2_PARALLELISM decide its cost.

    Raises HashingBusy when too many hashes are being computed.
    """

    @property
    def time_cost(self) -> int:  # type: ignore[override]  # Django has class attributes here
        """Passes over the memory."""
        return int(settings.ARGON2_TIME_COST)

    @property
    def memory_cost(self) -> int:  # type: ignore[override]
        """Memory in KiB."""
        return int(settings.ARGON2_MEMORY_KIB)

    @property
    def parallelism(self) -> int:  # type: ignore[override]
        """Lanes."""
        return int(settings.ARGON2_PARALLELISM)

    def encode(self, password: str, salt: str) -> str:
        """As Django's, in turn."""
        with gate().turn():
            return behind_the_others(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """As Django's, in turn."""
        with gate().turn():
            return behind_the_others(super().verify, password, encoded)
