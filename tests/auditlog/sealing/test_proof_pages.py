"""The pages that answer "was the log changed?" (G7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test.utils import CaptureQueriesContext

from auditlog.models import AuditEvent
from auditlog.sealing.keys import published_keys
from auditlog.sealing.sealer import Sealed
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.sealing.conftest import SCRIPT, TABLE, as_owner
from tests.auditlog.sealing.test_verification import check_heads, verify
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PROOF, PROOFS = "/console/audit/proof/", "/operator/audit/proofs/"


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_log_that_is_as_it_was_sealed(
    provider: Tenant, acme: Tenant, cast: Cast, sealed_log: list[AuditEvent]
) -> None:
    """G7: the verdict, how far it is sealed and anchored, and what the last verification looked at."""
    client = cast.admin.client()
    assert "Not verified yet" in text_of(client.get(PROOF))
    write(acme)
    verify(acme)
    check_heads(provider)
    page = client.get(PROOF)
    text = text_of(page)
    assert "Nothing was changed, removed or put in" in text
    assert "9 events are as they were sealed" in text
    assert page.context["log"].sealed == len(sealed_log)
    assert page.context["seals"].head.number == page.context["seals"].anchored == 3


def test_a_changed_log_says_where(
    provider: Tenant, acme: Tenant, globex: Tenant, cast: Cast, sealed_log: list[AuditEvent]
) -> None:
    """G7: the company sees the broken place of its own log, operators see it first, and nobody else does."""
    as_owner(f"UPDATE {TABLE} SET outcome = 'denied' WHERE id = %s", [sealed_log[4].id])
    for tenant in (acme, globex, provider):
        verify(tenant)
    check_heads(provider)
    text = text_of(cast.admin.client().get(PROOF))
    assert "An event was changed" in text
    assert str(sealed_log[4].id) in text
    assert "Nothing was changed" in text_of(cast.outsider.client().get(PROOF))
    page = cast.operator.client().get(PROOFS)
    assert [row.record.tenant.company_code for row in page.context["companies"].rows] == ["ACME", "GLOBEX", "PROVIDER"]
    assert page.context["broken"] == 1
    assert str(sealed_log[4].id) in text_of(page)


def test_broken_heads_are_everybodys(provider: Tenant, acme: Tenant, cast: Cast, sealed_log: list[AuditEvent]) -> None:
    """G7: a log that is sound by itself is not called sound when its head is not."""
    verify(acme)
    as_owner("DELETE FROM sealing_head WHERE number = 2")
    check_heads(provider)
    for person, place in ((cast.admin, PROOF), (cast.operator, PROOFS)):
        text = text_of(person.client().get(place))
        assert "A head is missing" in text
        assert "Nothing was changed" not in text


def test_a_sealer_that_stands_still_is_shown(
    acme: Tenant, cast: Cast, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: in red, to both."""
    admin, operator = cast.admin.client(), cast.operator.client()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        assert "Sealing stands still" in text_of(admin.get(PROOF))
        assert "The sealer stands still" in text_of(operator.get(PROOFS))
        seal_all()
        assert "stands still" not in text_of(admin.get(PROOF)) + text_of(operator.get(PROOFS))


def test_before_the_first_seal(cast: Cast) -> None:
    """G7: the pages are there, and say that nothing is sealed."""
    assert "Sealing stands still" in text_of(cast.admin.client().get(PROOF))
    assert "The sealer stands still" in text_of(cast.operator.client().get(PROOFS))


def test_an_anchor_store_that_is_away(cast: Cast, sealed_log: list[AuditEvent], settings: Any) -> None:
    """G7: is told, and the page comes all the same."""
    settings.AUDIT_ANCHOR_STORE = "s3://anchors?endpoint=http://127.0.0.1:1&region=x&retries=0"
    assert "The anchor store does not answer" in text_of(cast.admin.client().get(PROOF))


def test_the_downloads_are_the_real_ones(cast: Cast) -> None:
    """G7: the script as it is in our sources, and the keys as the command prints them."""
    client = cast.admin.client()
    script = client.get(f"{PROOF}verify_audit.py")
    assert script.content == SCRIPT.read_bytes()
    assert 'filename="verify_audit.py"' in script["Content-Disposition"]
    assert client.get(f"{PROOF}published-keys.json").json() == published_keys()


def test_the_pages_ask_as_much_for_many(
    provider: Tenant, acme: Tenant, cast: Cast, sealed_log: list[AuditEvent]
) -> None:
    """G7: one verification or thirty, one company or all."""

    def asked(client: Any, place: str) -> int:
        client.get(place)
        with (
            CaptureQueriesContext(connections["default"]) as app,
            CaptureQueriesContext(connections["platform"]) as platform,
        ):
            client.get(place)
        return len(app) + len(platform)

    admin, operator = cast.admin.client(), cast.operator.client()
    verify(acme)
    before = asked(admin, PROOF), asked(operator, PROOFS)
    verify(provider)
    as_owner(
        "INSERT INTO verification_verificationrun SELECT gen_random_uuid(), tenant_id, finding, place, day - n,"
        " begun_at, ended_at, segments, events, expired, unsealed"
        " FROM verification_verificationrun, generate_series(1, 29) AS n WHERE tenant_id = %s",
        [acme.id],
    )
    assert (asked(admin, PROOF), asked(operator, PROOFS)) == before
