"""What a company captures and how long it keeps it holds for the next event, in every process (G4, G5)."""

from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from auditlog.actions import ACCESS_DENIED, Action, Kind, label_of
from auditlog.models import AuditEvent, RetentionClass
from auditlog.recording.models import OPTIONAL_KINDS, RecordingPolicy
from auditlog.recording.queries import current_recording
from auditlog.services import record, record_many
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import SOMEBODY

pytestmark = pytest.mark.django_db


def of_kind(kind: Kind) -> Action:
    """An action that is registered nowhere."""
    return Action(f"test.{kind}", kind, label_of(kind))  # type: ignore[arg-type]


def test_without_a_choice_events_stay_180_days_and_the_providers_seven_years(
    acme: Tenant, globex: Tenant, provider: Tenant
) -> None:
    """G5: the defaults, which the database knows without a row of anybody's."""
    kept = {}
    for tenant in (acme, globex, provider):
        with tenant_transaction(tenant.id):
            kept[tenant.company_code] = record(ACCESS_DENIED, actor=SOMEBODY).retention_class
            assert current_recording().retention_class == kept[tenant.company_code]
    assert kept == {"ACME": "d180", "GLOBEX": "d180", "PROVIDER": "y7"}


@pytest.mark.parametrize("chosen", RetentionClass)
def test_the_class_of_the_tenant_holds_from_the_next_event_on(
    acme: Tenant, globex: Tenant, chosen: RetentionClass
) -> None:
    """G5: single events and bulk deeds, of this tenant and no other; the table's partition is that of the class."""
    with tenant_transaction(acme.id):
        record(ACCESS_DENIED, actor=SOMEBODY)
        RecordingPolicy.objects.create(retention_class=chosen)
        record(ACCESS_DENIED, actor=SOMEBODY)
        record_many(ACCESS_DENIED, actor=SOMEBODY, entries=[(acme, {}), (acme, {})])
        classes = AuditEvent.objects.order_by("id").values_list("retention_class", flat=True)
        assert list(classes) == ["d180", chosen, chosen, chosen]
    with tenant_transaction(globex.id):
        assert record(ACCESS_DENIED, actor=SOMEBODY).retention_class == "d180"


@pytest.mark.django_db(transaction=True)
def test_a_change_holds_in_a_process_that_heard_nothing_of_it(acme: Tenant) -> None:
    """G4, G5: another connection changes the row; the next transaction here follows, without a word between them."""
    with tenant_transaction(acme.id):
        assert record(of_kind(Kind.SCREEN), actor=SOMEBODY).retention_class == "d180"
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(f"SET LOCAL app.tenant = '{acme.id}'")
        other.execute(
            "INSERT INTO recording_recordingpolicy (tenant_id, id, screens, retention_class)"
            " VALUES (%s, gen_random_uuid(), false, 'y7')",
            [acme.id],
        )
    with tenant_transaction(acme.id):
        assert record(of_kind(Kind.SCREEN), actor=SOMEBODY)._state.adding
        assert record(ACCESS_DENIED, actor=SOMEBODY).retention_class == "y7"
        assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize("kind", Kind)
def test_only_what_explains_itself_can_be_switched_off(inside_acme: Tenant, kind: Kind) -> None:
    """G4: with everything off that can be off, each other kind is still written, one by one and in bulk."""
    RecordingPolicy.objects.create(screens=False)
    event = record(of_kind(kind), actor=SOMEBODY)
    written = record_many(of_kind(kind), actor=SOMEBODY, entries=[(inside_acme, {})])
    evidence = kind not in {Kind.SCREEN, Kind.TRACE}
    assert (not event._state.adding, written, AuditEvent.objects.count()) == (evidence, evidence, 2 * evidence)
    assert (kind in OPTIONAL_KINDS) is not evidence


def test_traces_end_by_themselves(inside_acme: Tenant) -> None:
    """G3: off by default, on until the time that was named."""
    now = timezone.now()
    traced = RecordingPolicy(traced_until=now)
    assert not RecordingPolicy().captures(Kind.TRACE)
    assert traced.captures(Kind.TRACE, now - timedelta(microseconds=1))
    assert not traced.captures(Kind.TRACE, now)


def test_evidence_costs_no_question(inside_acme: Tenant) -> None:
    """G1: one statement an event, whatever the policy; a kind with a choice costs a second one."""
    with CaptureQueriesContext(connection) as asked:
        record(ACCESS_DENIED, actor=SOMEBODY)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        record(of_kind(Kind.SCREEN), actor=SOMEBODY)
    assert len(asked) == 2


def test_a_tenant_has_one_policy_of_a_known_class(inside_acme: Tenant) -> None:
    """G5: the database refuses a second one, and a class that no partition takes."""
    with pytest.raises(IntegrityError, match="recording_recordingpolicy_class"), transaction.atomic():
        RecordingPolicy.objects.create(retention_class="d1")
    RecordingPolicy.objects.create()
    with pytest.raises(IntegrityError, match="recording_recordingpolicy_once"):
        RecordingPolicy.objects.create()
