"""What these tests share: English complaints, a review in progress, a second administrator."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.inventory.models import AccountReview
from accounts.inventory.services import start_review
from accounts.menus import ADMINISTRATOR
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.factories.people import Person, make_person


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Complaints of services are compared in English; pages speak the language of their reader."""
    with translation.override("en"):
        yield


@pytest.fixture
def second(cast: Cast) -> Person:
    """Another administrator of ACME."""
    return make_person(cast.admin.tenant, "second", ADMINISTRATOR)


@pytest.fixture
def review(cast: Cast) -> AccountReview:
    """A review of ACME that Alice has begun: alice, erin, rob."""
    with tenant_transaction(cast.admin.tenant.id):
        return start_review(name="2026-11", actor=cast.admin.actor)
