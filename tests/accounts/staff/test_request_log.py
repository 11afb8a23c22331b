"""Work inside a company in the request log (A14, G6)."""

import json
from uuid import UUID

import pytest
from django.conf import LazySettings

from auditlog.requests import middleware
from tests.accounts.staff.conftest import Accesses, Browser, inside
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


class Kept(list[str]):
    """In place of the buffer."""

    put = list.append


def test_a_request_inside_counts_for_the_company(
    accesses: Accesses, operator: Browser, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G6: by the operator's name; the address of the access itself is not kept."""
    kept = Kept()
    settings.REQUEST_LOG = True
    monkeypatch.setattr(middleware, "buffer", lambda: kept)
    access = accesses.entered(operator)
    assert operator.client.get(inside(access, "/console/users/")).status_code == 200
    (entry,) = map(json.loads, kept)
    assert UUID(entry["tenant_id"]) == access.tenant_id
    assert (entry["user_id"], entry["route"]) == (operator.person.user.user_id, "/console/users/")
