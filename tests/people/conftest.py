"""What these tests share: English complaints, all rows of a company, and lists of users."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.rows import TENANT_MODELS


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Complaints of services are compared in English; pages speak the language of their reader."""
    with translation.override("en"):
        yield


def everything_of(tenant: Tenant) -> dict[str, list[dict[str, Any]]]:
    """Every row that a company has, by model."""
    with tenant_transaction(tenant.id):
        return {
            model._meta.label: [dict(row) for row in model.objects.order_by("id").values()] for model in TENANT_MODELS
        }


def csv_of(*rows: str, heading: str = "user ID,name,e-mail,roles,language") -> bytes:
    """A list of users as a file."""
    return "\r\n".join([heading, *rows, ""]).encode()
