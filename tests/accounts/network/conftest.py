"""What the tests of allowed networks share."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Complaints of services are compared in English; pages speak the language of their reader."""
    with translation.override("en"):
        yield
