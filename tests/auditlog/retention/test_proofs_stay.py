"""Whatever goes or moves by the rules, a verification finds nothing; what goes past them it finds (G5, G7)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from auditlog.models import AuditEvent, RetentionClass
from auditlog.retention.expiry import drop_expired
from auditlog.retention.relocating import LATE_WRITERS, relocate
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.sealer import seal
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tests.auditlog.retention.conftest import JOB, TABLE, as_owner
from tests.auditlog.retention.test_classes import change, held_back
from tests.auditlog.sealing.conftest import everything_is_sound, found_in, wait_for_other_databases
from tests.conftest import EVERY_ROLE

__all__ = ["held_back"]

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("partitions_put_back"),
]

Write = Callable[..., AuditEvent]


@pytest.fixture
def seal_all(
    provider: Tenant, acme: Tenant, globex: Tenant, settings: LazySettings, tmp_path: Path
) -> Callable[[], None]:
    """Run the sealer once over everybody."""
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"

    def run() -> None:
        wait_for_other_databases()
        seal([provider.id, acme.id, globex.id])

    return run


@pytest.fixture
def sealed(acme: Tenant, globex: Tenant, write_old: Write, seal_all: Callable[[], None]) -> list[AuditEvent]:
    """Events of ACME of several ages, some of GLOBEX beside them, all sealed."""
    events = [write_old(acme, "d180", number, label=str(number)) for number in (0, 5, 29, 30, 31, 90, 179)]
    for number in (0, 31, 179):
        write_old(globex, "d180", number)
    seal_all()
    return events


@pytest.mark.parametrize("to", ["d30", "y7"])
def test_a_change_of_class_breaks_no_proof(
    provider: Tenant, acme: Tenant, globex: Tenant, sealed: list[AuditEvent], seal_all: Callable[[], None], to: str
) -> None:
    """G5, G7: before the job, half way, after it, and when it is over."""
    change(acme, RetentionClass(to))
    seal_all()
    assert everything_is_sound(provider, acme, globex)

    def stop(_relocation: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relocate(acme.id, actor=JOB, batch=3, progress=stop)
    seal_all()
    assert everything_is_sound(provider, acme, globex)
    relocate(acme.id, actor=JOB, batch=3)
    with time_machine.travel(timezone.now() + LATE_WRITERS):
        relocate(acme.id, actor=JOB, batch=3)
    seal_all()
    assert everything_is_sound(provider, acme, globex)


def test_what_is_to_stay_longer_is_missed(
    acme: Tenant, sealed: list[AuditEvent], seal_all: Callable[[], None], write_old: Write
) -> None:
    """G7: after seven years were declared, an event that is gone after 180 days is a finding."""
    change(acme, RetentionClass.Y7)
    relocate(acme.id, actor=JOB)
    with time_machine.travel(timezone.now() + LATE_WRITERS):
        relocate(acme.id, actor=JOB)
    seal_all()
    as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [sealed[-1].id])
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert found_in(acme) is FindingKind.EVENT_MISSING


def test_what_goes_earlier_than_declared_is_missed(acme: Tenant, sealed: list[AuditEvent]) -> None:
    """G7: a declared 30 days allow nobody to take out what is younger."""
    change(acme, RetentionClass.D30)
    relocate(acme.id, actor=JOB)
    as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [sealed[1].id])
    assert found_in(acme) is FindingKind.EVENT_MISSING


def test_dropped_partitions_break_no_proof(
    provider: Tenant, acme: Tenant, globex: Tenant, write_old: Write, seal_all: Callable[[], None]
) -> None:
    """G5, G7: sealed before it went, expired now."""
    for number in (29, 30, 31):
        write_old(acme, "d30", number)
        write_old(globex, "d180", number)
    seal_all()
    with tenant_scope(provider.id):
        assert len(drop_expired(actor=JOB).dropped) == 1
    seal_all()
    assert everything_is_sound(provider, acme, globex)
