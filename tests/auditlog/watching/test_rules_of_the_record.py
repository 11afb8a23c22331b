"""What other parts of the product put on record about the log itself is noticed, too (G9)."""

import pytest
import time_machine
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.verification import services
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.forwarding.conftest import destine, fresh, loopback, run
from tests.auditlog.forwarding.receivers import webhook_receiver
from tests.auditlog.sealing.conftest import TABLE, anchor_place, as_owner, seal_all, sealed_log
from tests.auditlog.watching.conftest import found, look
from tests.conftest import EVERY_ROLE

__all__ = ["anchor_place", "loopback", "seal_all", "sealed_log"]

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.mark.parametrize("broken", [False, True])
def test_a_log_that_is_not_as_it_was_sealed(
    acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent], broken: bool
) -> None:
    """G9, G7: in the company whose log it is; a verification that found nothing is nothing."""
    if broken:
        assert as_owner(f"UPDATE {TABLE} SET actor_name = 'nobody' WHERE id = %s", [sealed_log[4].id]) == 1
    for tenant in (acme, globex):
        with tenant_scope(tenant.id):
            services.verify_today(actor=Actor.system("test"))
    look(acme, globex)
    assert [(rule, count) for rule, _who, count in found(acme)] == [("record.proof", 1)] * broken
    assert found(globex) == []


@pytest.mark.parametrize(("tries", "findings"), [(2, 0), (3, 1)])
def test_a_destination_that_does_not_take_the_log(acme: Tenant, globex: Tenant, tries: int, findings: int) -> None:
    """G9: from the third try in vain on, at which the log says so."""
    with webhook_receiver() as receiver:
        gone = f"https://localhost:{receiver.port}/audit"
    destination, _secret = destine(acme, gone)
    write(acme, label="waiting")
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _try in range(tries):
            clock.move_to(fresh(destination).next_try_at)
            run(destination)
        look(acme, globex)
    assert [(rule, count) for rule, _who, count in found(acme)] == [("record.forwarding", 1)] * findings
    assert found(globex) == []
