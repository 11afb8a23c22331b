"""What the tests of contracts share."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.staff.records import as_operator
from auditlog.actors import Actor
from tests.conftest import Cast


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Complaints of services are compared in English; pages speak the language of their reader."""
    with translation.override("en"):
        yield


@pytest.fixture
def operator(cast: Cast) -> Actor:
    """The operator, as companies know them."""
    return as_operator(cast.operator.actor)
