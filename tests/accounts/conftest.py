"""What the tests of accounts share."""

from collections.abc import Iterator
from typing import Self

import pytest
from django.utils import translation

from accounts import login
from accounts.hashers import ConfiguredArgon2Hasher


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Complaints of services are compared in English; pages speak the language of their reader."""
    with translation.override("en"):
        yield


class HashCount:
    """How many password hashes were computed, and with which parameters the last one."""

    def __init__(self) -> None:
        self.number = 0

    def __enter__(self) -> Self:
        self.number = 0
        return self

    def __exit__(self, *_error: object) -> None:
        """Keep the number."""


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> HashCount:
    """Counts the real hasher's work: `with hashes: …`, then `hashes.number`."""
    count = HashCount()
    for name in ("encode", "verify"):
        real = getattr(ConfiguredArgon2Hasher, name)

        def counting(*args: object, _real: object = real, **kwargs: object) -> object:
            count.number += 1
            return _real(*args, **kwargs)  # type: ignore[operator]  # the hasher's own method

        monkeypatch.setattr(ConfiguredArgon2Hasher, name, counting)
    login._dummy_hash()  # the one that is made once a process
    return count
