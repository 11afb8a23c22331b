"""What operators and administrators see of the keeping of their logs, and the command (G5, T10)."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from auditlog.models import AuditEvent
from auditlog.queries import events
from auditlog.retention.expiry import drop_expired
from auditlog.retention.models import Relocation
from auditlog.retention.tasks import watch_partitions
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import current_connection, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.retention.conftest import JOB, as_owner, days_ago, log_of, name_of, names
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("partitions_put_back"),
]

PAGE = "/operator/audit/retention/"
COMPANY = "/operator/tenants/ACME/audit/retention/"
Write = Callable[..., AuditEvent]


def speak_english(cast: Cast) -> None:
    """Pages in English."""
    for person in (cast.operator, cast.admin):
        with tenant_transaction(person.tenant.id):
            person.user.language = "en"
            person.user.save()


def audit(*arguments: str) -> Any:
    """What `manage.py audit partitions` tells machines."""
    out = StringIO()
    call_command("audit", "partitions", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_page_shows_what_there_is_and_went(cast: Cast, provider: Tenant, acme: Tenant, write_old: Write) -> None:
    """G5: what there is, what went with how many events of how many companies, what is wrong."""
    speak_english(cast)
    gone = write_old(acme, "d30", 31)
    with tenant_scope(provider.id):
        drop_expired(actor=JOB)
    client = cast.operator.client()
    page = client.get(PAGE).content.decode()
    assert name_of("d30", gone.at) in page
    assert page.count("In order") == 3
    as_owner(f"DROP TABLE {name_of('y7', days_ago(-32))}")
    watch_partitions.delay()
    page = client.get(PAGE).content.decode()
    assert "manage.py audit partitions --make" in page
    assert "Events kept for 7 years: 1 in all" in page


def test_the_page_costs_the_same_for_more(cast: Cast, provider: Tenant, acme: Tenant, write_old: Write) -> None:
    """Style 7: one query for one removed partition and for six."""
    client = cast.operator.client()
    counts = []
    for span in (range(31, 32), range(32, 37)):
        for number in span:
            write_old(acme, "d30", number)
        with tenant_scope(provider.id):
            drop_expired(actor=JOB)
        with CaptureQueriesContext(current_connection()) as found:
            assert client.get(PAGE).content.decode().count("auditlog_auditevent_d30_") == span.stop - 31
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_an_operator_changes_the_period(cast: Cast, provider: Tenant, acme: Tenant, write_old: Write) -> None:
    """G5, G10: as an operator to the company, with the reason, and the progress afterwards; others keep theirs."""
    speak_english(cast)
    write_old(acme, "d180", 3)
    write_old(cast.outsider.tenant, "d180", 3)
    theirs = log_of(cast.outsider.tenant)
    client = cast.operator.client()
    assert "180 days" in client.get(COMPANY).content.decode()
    refused = client.post(COMPANY, {"retention_class": "y7", "reason": ""})
    assert refused.status_code == 200
    with tenant_transaction(acme.id):
        assert not Relocation.objects.exists()
    assert client.post(COMPANY, {"retention_class": "y7", "reason": "Contract 12"}).status_code == 302
    page = client.get(COMPANY).content.decode()
    assert "1 of 1 have been moved or removed" in page
    with tenant_transaction(acme.id):
        event = events().get(action="auditlog.retention.changed")
    assert (event.actor_kind, event.actor_user_id) == ("operator", "olga")
    assert {row["retention_class"] for row in log_of(acme)} == {"y7"}
    assert log_of(cast.outsider.tenant) == theirs


def test_the_period_it_has_is_refused_on_the_page(cast: Cast) -> None:
    """Errors say what is wrong."""
    speak_english(cast)
    page = cast.operator.client().post(COMPANY, {"retention_class": "d180", "reason": "again"})
    assert "It is kept for that time already." in page.content.decode()


def test_an_unknown_company_is_not_there(cast: Cast) -> None:
    """T1."""
    assert cast.operator.client().get("/operator/tenants/NOBODY/audit/retention/").status_code == 404


def test_administrators_see_their_period_and_their_oldest_event(cast: Cast, acme: Tenant, write_old: Write) -> None:
    """G2, G5: on the page of the settings, their own and nobody else's."""
    speak_english(cast)
    write_old(acme, "d180", 100)
    write_old(cast.outsider.tenant, "d180", 150)
    page = cast.admin.client().get("/console/audit/settings/").content.decode()
    assert "180 days" in page
    assert f"{days_ago(100):%Y-%m-%d}" in page
    assert f"{days_ago(150):%Y-%m-%d}" not in page


def test_the_command_tells_how_things_stand(provider: Tenant, acme: Tenant, write_old: Write) -> None:
    """G5: for machines, exit code 1 when something is wrong; makes and drops what is asked."""
    told = audit()
    assert [one["retention_class"] for one in told["classes"]] == ["d30", "d180", "y7"]
    assert all(one["missing"] == [] for one in told["classes"])
    as_owner(f"DROP TABLE {name_of('d30', days_ago(-3))}")
    with pytest.raises(CommandError, match="--make"):
        audit()
    assert audit("--make")["made"] == 1
    for number in range(9):
        write_old(acme, "d30", 31 + number)
    with pytest.raises(CommandError, match="9 partitions of d30 are due at once"):
        audit("--drop", "8")
    assert len(audit("--drop", "9")["dropped"]) == 9
    assert name_of("d30", days_ago(31)) not in names()


def test_the_command_prints_for_people(provider: Tenant) -> None:
    """G5."""
    out = StringIO()
    call_command("audit", "partitions", stdout=out)
    assert "Partitions of the audit log" in out.getvalue()
